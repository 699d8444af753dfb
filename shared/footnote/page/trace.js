// How an answer came about: how sure it is that the documents know, what took how long, what it cost.

import { copyButton } from "./copying.js";
import { byId, make } from "./dom.js";
import { count, dollars, milliseconds, percent } from "./figures.js";

const STAGES = [
  ["retrieval", "finding passages"],
  ["answer", "writing and checking"],
];

/** `asked` has the question's `curl`, what was `found`, the `reply`, and when the `first` word came. */
export function showTrace(asked) {
  const place = byId("trace");
  const heading = make("h2", "", "How it was answered");
  heading.id = "trace-heading";
  const head = make("div", "trace-head", heading, copyButton("Copy as curl", () => asked.curl));
  place.hidden = false;
  place.replaceChildren(head, ...parts(asked).filter(Boolean));
}

export function hideTrace() {
  byId("trace").hidden = true;
}

function parts({ found, reply, first }) {
  const told = reply ?? found;
  return [
    labels(reply),
    told?.in_corpus !== undefined && likelihood(told.in_corpus),
    reply && stages(reply.timings_ms ?? {}, first),
    reply && facts(reply),
  ];
}

function labels(reply) {
  if (!reply) return null;
  const kinds = [
    reply.status === "declined" && ["declined", "wait"],
    reply.cached && ["kept answer", "good"],
    reply.model === "extractive" && ["extractive", ""],
    reply.fallback && [`fallback: ${words(reply.fallback)}`, "wait"],
    reply.degraded && [words(reply.degraded), "wait"],
    reply.truncated && ["cut off", "wait"],
  ].filter(Boolean);
  return kinds.length ? make("p", "labels", ...kinds.map(([text, tone]) => make("span", `label ${tone}`.trim(), text))) : null;
}

const words = (name) => name.replaceAll("_", " ").replaceAll(",", ", ");

function likelihood(share) {
  const meter = make("meter", "likelihood");
  meter.value = share;
  meter.setAttribute("aria-label", "How likely it is that the documents speak of this");
  const line = make("p", "line", make("span", "", "In the documents"), make("span", "value", percent(share)));
  return make("div", "", line, meter);
}

// One bar, as long as the whole took, in the parts that the steps took of it.
function stages(timings, first) {
  const known = STAGES.filter(([name]) => timings[name] !== undefined);
  if (!known.length) return null;
  const total = timings.total ?? known.reduce((sum, [name]) => sum + timings[name], 0);
  const bar = make("div", "stages");
  for (const [name] of known) {
    const part = make("span", `stage ${name}`);
    part.style.flexGrow = String(Math.max(timings[name], total / 100));
    bar.append(part);
  }
  bar.setAttribute("aria-hidden", "true");
  const legend = known.map(([name, text]) =>
    make("li", "", make("span", `swatch ${name}`), make("span", "name", text), make("span", "value", milliseconds(timings[name]))),
  );
  const heard = first === null ? null : make("li", "", make("span", "swatch none"), make("span", "name", "first word here"), make("span", "value", milliseconds(first)));
  const line = make("p", "line", make("span", "", "Time"), make("span", "value", milliseconds(total)));
  return make("div", "", line, bar, make("ul", "legend", ...legend, heard));
}

function facts(reply) {
  const { input_tokens: read, output_tokens: written } = reply.usage ?? {};
  const tokens = read || written ? `${count(read)} read, ${count(written)} written` : "none";
  const rows = [
    ["Model", reply.checkpoint ? `${reply.model}, ${reply.checkpoint}` : reply.model],
    ["Tokens", tokens],
    ["Cost", dollars(reply.cost_usd)],
  ];
  return make("dl", "facts", ...rows.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)]));
}
