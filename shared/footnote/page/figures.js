// Numbers as people read them.

export const count = (number) => number.toLocaleString();

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

export const percent = (share) => `${Math.round(100 * share)}%`;

export function milliseconds(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

/** US dollars; what is less than a cent keeps two digits that say something. */
export function dollars(usd) {
  if (usd === null || usd === undefined) return "unknown";
  if (usd === 0) return "$0";
  const digits = Number(usd.toPrecision(2)).toString();
  return usd >= 1 || digits.length < 4 ? `$${usd.toFixed(2)}` : `$${digits}`;
}

export function short(number) {
  if (number < 1000) return Number(number.toPrecision(3)).toString();
  const unit = number < 1e6 ? [1e3, "k"] : number < 1e9 ? [1e6, "M"] : [1e9, "G"];
  return `${Number((number / unit[0]).toPrecision(3))}${unit[1]}`;
}
