// What there is to say of an answer besides its text: who wrote it, and what was left out.

import { make } from "./dom.js";

const LEFT_OUT = {
  uncited: "named no source",
  unknown_passage: "named a passage that was not found",
  not_verbatim: "had a quote that does not stand in the document",
  number: "had a number that its quote does not hold",
  date: "had a date that its quote does not hold",
  name: "had a name that its quote does not hold",
  negation: "said the opposite of its quote",
  unanchored: "had too little to do with its quote",
  unsafe: "held a link or a tag that its quote does not hold",
  too_long: "had no end",
};

export function about(reply) {
  const asOf = new Date(reply.index_as_of);
  const time = Number.isNaN(asOf.valueOf()) ? null : `knows uploads up to ${asOf.toLocaleTimeString()}`;
  const facts = [author(reply), ...remarks(reply), time].filter(Boolean);
  const line = make("p", "about", ...facts.map((fact) => make("span", "", fact)));
  return [line, leftOut(reply.removed ?? [])].filter(Boolean);
}

function author(reply) {
  if (reply.model === "none") return null;
  if (reply.model !== "extractive") return make("span", "", "written by ", make("strong", "", reply.model));
  const why = reply.fallback ? "the language model could not answer" : "no language model is connected";
  return make("span", "", make("strong", "", "extractive"), `: sentences quoted verbatim, ${why}`);
}

function remarks(reply) {
  const loose = (reply.citations ?? []).filter((citation) => citation.status === "unverified").length;
  return [
    loose && `${loose} of ${reply.citations.length} sources are told in other words`,
    reply.truncated && "cut off: there was more to say",
    reply.cached && "answered before, and still true to the documents",
    reply.degraded && "searched by words alone, as the embedding model is down",
  ];
}

function leftOut(removed) {
  if (!removed.length) return null;
  const reasons = [...new Set(removed)].map((reason) => {
    const times = removed.filter((other) => other === reason).length;
    return make("li", "", `${times} ${LEFT_OUT[reason] ?? reason}`);
  });
  const many = removed.length === 1 ? "1 sentence was left out" : `${removed.length} sentences were left out`;
  return make("details", "left-out", make("summary", "", many), make("ul", "", ...reasons));
}
