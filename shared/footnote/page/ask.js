// Asking a question, and the answer with its sources.

import { post } from "./api.js";
import { citationCard, markersIn } from "./citations.js";
import { byId, make, show } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";
import { showPassages } from "./passages.js";

const PASSAGES = 8;

let asked = 0;

export function bindAsking() {
  byId("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const question = byId("question").value.trim();
    if (question) ask(question);
  });
  byId("question").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("ask-form").requestSubmit();
    }
  });
  // A link may carry a question, but only a person asks it: an answer may cost money.
  byId("question").value = new URLSearchParams(location.search).get("question") ?? "";
}

async function ask(question) {
  const turn = ++asked;
  const current = () => turn === asked;
  busy(true);
  show(byId("failure"), "");
  const body = { question, knowledge_base: knowledgeBase() };
  const searching = post("v1/search", { ...body, top_k: PASSAGES }).then(
    (found) => current() && showPassages(found.passages),
    () => current() && showPassages([]),
  );
  try {
    const reply = await post("v1/ask", body);
    if (current()) showAnswer(reply);
  } catch (error) {
    if (current()) show(byId("failure"), error.message);
  }
  await searching;
  if (current()) busy(false);
}

function busy(yes) {
  byId("ask-button").disabled = yes;
  byId("ask-button").textContent = yes ? "Asking …" : "Ask";
  byId("answer").setAttribute("aria-busy", String(yes));
}

function showAnswer(reply) {
  const declined = reply.status === "declined";
  const text = declined
    ? make("p", "declined", "The documents do not say.")
    : make("p", "answer-text", ...markersIn(reply.answer));
  const citations = make("div", "citations", ...reply.citations.map(citationCard));
  byId("answer").replaceChildren(text, about(reply), ...(reply.citations.length ? [citations] : []));
}

function about(reply) {
  const asOf = new Date(reply.index_as_of);
  const time = Number.isNaN(asOf.valueOf()) ? "" : ` Knows uploads up to ${asOf.toLocaleTimeString()}.`;
  if (reply.model === "extractive") {
    const label = make("strong", "", "Extractive:");
    const why = reply.fallback ? "the language model could not answer" : "no language model is connected";
    const text = ` sentences quoted verbatim, ${why}.${time}`;
    return make("p", "about", label, text);
  }
  return make("p", "about", "Answered by ", make("strong", "", reply.model ?? "a model"), `.${time}`);
}
