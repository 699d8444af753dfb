// Asking questions: each is a turn of the conversation that the ones before belong to.

import { byId, show } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";
import { showPassages } from "./passages.js";
import { events } from "./stream.js";
import { Turn } from "./turn.js";

let conversation = null;
let asking = null;
let turns = 0;

export function bindAsking() {
  byId("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (asking) asking.abort();
    else submit();
  });
  byId("question").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!asking) submit();
    }
  });
  byId("new-conversation").addEventListener("click", () => {
    startConversation();
    byId("question").focus();
  });
  // A link may carry a question, but only a person asks it: an answer may cost money.
  byId("question").value = new URLSearchParams(location.search).get("question") ?? "";
}

export function startConversation() {
  asking?.abort();
  conversation = null;
  turns = 0;
  byId("turns").replaceChildren();
  byId("passages").replaceChildren();
  show(byId("passages-hint"), "What was found for your question appears here, best first.");
  showState();
}

function submit() {
  const question = byId("question").value.trim();
  if (!question) return;
  byId("question").value = "";
  ask(question);
}

async function ask(question) {
  const control = (asking = new AbortController());
  const turn = new Turn(question, (turns += 1));
  byId("turns").append(turn.element);
  showState();
  turn.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
  const body = { question, knowledge_base: knowledgeBase(), conversation_id: conversation };
  try {
    for await (const [name, content] of events("v1/ask/stream", body, control.signal)) {
      if (control.signal.aborted) break;
      if (name === "passages") found(turn, content);
      else if (name === "token") turn.token(content);
      else if (name === "retract") turn.retract(content);
      else if (name === "done") turn.done(content);
    }
  } catch (error) {
    turn.failed(error.name === "AbortError" ? "Stopped before the answer was complete." : error.message);
  }
  if (asking === control) asking = null;
  showState();
}

function found(turn, content) {
  conversation = content.conversation_id;
  turn.found(content);
  showPassages(content.passages);
}

function showState() {
  const isBusy = asking !== null;
  byId("ask-button").textContent = isBusy ? "Stop" : "Ask";
  byId("ask-button").classList.toggle("primary", !isBusy);
  byId("hint").hidden = turns > 0;
  byId("new-conversation").hidden = turns === 0;
  byId("question").placeholder = turns ? "Ask a follow-up question" : "What would you like to know?";
}
