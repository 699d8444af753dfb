// How many passages, and which documents: what a question is asked with besides its words.

import { byId } from "./dom.js";

const USUAL_TOP_K = 8;
// Two signs before one, or `>=` would be `>` with a value that begins with `=`.
const CONDITION = /^\s*([^=<>!]+?)\s*(!=|>=|<=|=|>|<)\s*(.+?)\s*$/;
const BOUNDS = { ">": "gt", ">=": "gte", "<": "lt", "<=": "lte" };

export function bindOptions() {
  for (const id of ["top-k", "filter"]) byId(id).addEventListener("input", showWhatIsSet);
}

/** The options as fields of a request's body; throws where the filter cannot be read. */
export function chosenOptions() {
  const top = Math.min(20, Math.max(1, Math.round(byId("top-k").valueAsNumber) || USUAL_TOP_K));
  const conditions = byId("filter").value.split(",").filter((text) => text.trim());
  const parts = conditions.map(condition);
  const filter = parts.length > 1 ? { and: parts } : parts[0];
  return { ...(top === USUAL_TOP_K ? {} : { top_k: top }), ...(filter ? { filter } : {}) };
}

function condition(text) {
  const found = text.match(CONDITION);
  if (!found) throw new Error(`The filter “${text.trim()}” is not of the form product=router or year>=2025.`);
  const [, key, sign, written] = found;
  if (sign in BOUNDS) return { range: { key, [BOUNDS[sign]]: valueOf(written) } };
  const equals = { equals: { key, value: valueOf(written) } };
  return sign === "!=" ? { not: equals } : equals;
}

// A number, true, false or a text in quotation marks as JSON has them; else the words.
function valueOf(written) {
  try {
    const value = JSON.parse(written);
    return ["string", "number", "boolean"].includes(typeof value) ? value : written;
  } catch {
    return written;
  }
}

function showWhatIsSet() {
  const set = [byId("top-k").value !== String(USUAL_TOP_K) && `${byId("top-k").value} passages`, byId("filter").value.trim()];
  byId("ask-options-set").textContent = set.filter(Boolean).map((text) => ` · ${text}`).join("");
}
