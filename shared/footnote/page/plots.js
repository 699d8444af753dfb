// Plots over time as SVG: bars that are stacked, or lines; each value can be read by mouse, by
// keyboard and in a table.

import { make } from "./dom.js";

const HEIGHT = 150;
const LEFT = 52;
const BOTTOM = 20;
const TOP = 8;

/** `series` are { name, tone, values }, one value for each of `labels`; a value may be null. */
export function plot({ title, labels, series, format, kind = "bars", isWhole = false, about = "" }) {
  const reading = make("span", "reading", about);
  const canvas = make("div", "canvas");
  const legend = make("ul", "legend", ...series.map(({ name, tone }) => make("li", "", make("span", `swatch ${tone}`), name)));
  if (series.length === 1) legend.hidden = true;
  const told = (at) => [labels[at], ...series.map(({ name, values }) => `${name} ${format(values[at])}`)];
  const tell = (at) => {
    const [label, ...values] = told(at);
    reading.textContent = `${label}: ${values.join(", ")}`;
  };
  const rest = () => (reading.textContent = about);
  const pointer = bindReading(canvas, { title, count: labels.length, told, tell, rest });
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width) pointer.draw(drawn(contentRect.width, { labels, series, format, kind, isWhole }));
  }).observe(canvas);
  const caption = make("figcaption", "", make("h2", "", title), reading);
  return make("figure", "plot", caption, canvas, legend, table(title, labels, series, format));
}

// To assistive technology the plot is a slider along time, whose value is read out.
function bindReading(canvas, { title, count, told, tell, rest }) {
  let chosen = count - 1;
  let marks = [];
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "slider");
  canvas.setAttribute("aria-label", title);
  canvas.setAttribute("aria-valuemin", "0");
  canvas.setAttribute("aria-valuemax", String(count - 1));
  const look = (at, isSeen = true) => {
    chosen = Math.max(0, Math.min(count - 1, at));
    canvas.setAttribute("aria-valuenow", String(chosen));
    canvas.setAttribute("aria-valuetext", told(chosen).join(", "));
    marks.forEach((mark, index) => mark.classList.toggle("seen", isSeen && index === chosen));
    if (isSeen) tell(chosen);
  };
  const leave = () => {
    marks.forEach((mark) => mark.classList.remove("seen"));
    rest();
  };
  canvas.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = canvas.getBoundingClientRect();
    look(Math.floor(((clientX - left - LEFT) / (width - LEFT)) * count));
  });
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && look(chosen));
  canvas.addEventListener("blur", leave);
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: count - 1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    look(moves[event.key]);
  });
  look(chosen, false);
  return {
    draw(svg) {
      marks = [...svg.querySelectorAll(".band")];
      canvas.replaceChildren(svg);
    },
  };
}

function drawn(width, { labels, series, format, kind, isWhole }) {
  const sums = labels.map((_, at) => series.map(({ values }) => values[at] ?? 0));
  const highest = Math.max(0, ...sums.map((parts) => (kind === "bars" ? sum(parts) : Math.max(...parts))));
  // Half a question was never asked.
  const top = isWhole ? Math.max(2, 2 * Math.ceil(roundedUp(highest) / 2)) : roundedUp(highest);
  const step = (width - LEFT) / labels.length;
  const place = { x: (at) => LEFT + at * step, step, y: (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top) };
  const svg = element("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" });
  svg.append(
    ...[0, top / 2, top].flatMap((value) => gridLine(value, width, place, format)),
    ...labels.map((_, at) => element("rect", { class: "band", x: place.x(at), y: TOP, width: step, height: HEIGHT - TOP - BOTTOM })),
    ...(kind === "bars" ? bars(series, labels.length, place) : series.flatMap((one) => line(one, place))),
    ...timeLabels(labels, width, place),
  );
  return svg;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// The next number that halves well.
function roundedUp(highest) {
  if (highest <= 0) return 2;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((times) => times * power >= highest * 0.999) * power;
}

function gridLine(value, width, place, format) {
  const y = place.y(value);
  const text = element("text", { class: "axis", x: LEFT - 8, y: y + 4, "text-anchor": "end" });
  text.textContent = format(value);
  return [element("line", { class: value ? "grid" : "grid base", x1: LEFT, x2: width, y1: y, y2: y }), text];
}

function bars(series, count, place) {
  const gap = place.step > 8 ? Math.min(6, place.step * 0.25) : place.step > 3 ? 1 : 0;
  const found = [];
  for (let at = 0; at < count; at += 1) {
    let below = 0;
    for (const { values, tone } of series) {
      const value = values[at] ?? 0;
      if (value > 0) {
        const y = place.y(below + value);
        const height = Math.max(1, place.y(below) - y);
        found.push(element("rect", { class: `bar ${tone}`, x: place.x(at) + gap / 2, y, width: place.step - gap, height, rx: Math.min(2, gap) }));
      }
      below += value;
    }
  }
  return found;
}

// Where nothing was measured the line is broken; a value on its own is a dot.
function line({ values, tone }, place) {
  const point = (at) => `${place.x(at) + place.step / 2},${place.y(values[at])}`;
  const known = values.map((value) => value !== null);
  const path = values.map((_, at) => (known[at] ? `${known[at - 1] ? "L" : "M"}${point(at)}` : "")).join("");
  const alone = values.map((_, at) => at).filter((at) => known[at] && !known[at - 1] && !known[at + 1]);
  return [
    element("path", { class: `curve ${tone}`, d: path }),
    ...alone.map((at) => element("circle", { class: `dot ${tone}`, cx: place.x(at) + place.step / 2, cy: place.y(values[at]), r: 3 })),
  ];
}

function timeLabels(labels, width, place) {
  const last = labels.length - 1;
  const shown = width > 380 && last > 3 ? [0, Math.round(last / 2), last] : [0, last];
  return [...new Set(shown)].map((at) => {
    const anchor = at === 0 && last > 0 ? "start" : at === last ? "end" : "middle";
    const x = { start: place.x(at), middle: place.x(at) + place.step / 2, end: place.x(at) + place.step }[anchor];
    const text = element("text", { class: "axis", x, y: HEIGHT - 4, "text-anchor": anchor });
    text.textContent = labels[at];
    return text;
  });
}

function table(title, labels, series, format) {
  const rows = labels
    .map((label, at) => [label, ...series.map(({ values }) => values[at])])
    .filter(([, ...values]) => values.some(Boolean));
  const summary = make("summary", "", "Table");
  summary.setAttribute("aria-label", `${title} as a table`);
  return make("details", "as-table", summary, tableOf(title, ["Time (UTC)", ...series.map(({ name }) => name)], rows.map(([label, ...values]) => [label, ...values.map(format)])));
}

/** A table of texts whose first column names its row; where it is too wide it scrolls. */
export function tableOf(title, headings, rows) {
  const head = headings.map((heading) => {
    const cell = make("th", "", heading);
    cell.scope = "col";
    return cell;
  });
  const body = rows.map(([name, ...values]) => {
    const cell = make("th", "", name);
    cell.scope = "row";
    return make("tr", "", cell, ...values.map((value) => make("td", "", value)));
  });
  const around = make("div", "table", make("table", "", make("thead", "", make("tr", "", ...head)), make("tbody", "", ...body)));
  around.tabIndex = 0;
  around.setAttribute("role", "region");
  around.setAttribute("aria-label", title);
  return around;
}

function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
