// Asking questions: each is a turn of the conversation that the ones before belong to.

import { call } from "./api.js";
import { bindOptions, chosenOptions } from "./ask_options.js";
import { curlCommand } from "./curl.js";
import { byId, make, show } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";
import { showPassages } from "./passages.js";
import { events } from "./stream.js";
import { hideTrace, showTrace } from "./trace.js";
import { Turn } from "./turn.js";

const PASSAGES_HINT = byId("passages-hint").textContent;

let conversation = null;
let asking = null;
let turns = 0;
let seen = null;

export const askView = { open: tellEmptiness, close() {} };

export function bindAsking() {
  bindOptions();
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
  seen = null;
  byId("turns").replaceChildren();
  byId("passages").replaceChildren();
  hideTrace();
  show(byId("passages-hint"), PASSAGES_HINT);
  showState();
}

function submit() {
  const question = byId("question").value.trim();
  if (!question) return;
  try {
    const options = chosenOptions();
    show(byId("filter-failure"), "");
    byId("question").value = "";
    ask(question, options);
  } catch (error) {
    byId("ask-options").open = true;
    show(byId("filter-failure"), error.message);
    byId("filter").focus();
  }
}

async function ask(question, options) {
  const control = (asking = new AbortController());
  const body = { question, knowledge_base: knowledgeBase(), ...options, conversation_id: conversation };
  const asked = { curl: curlCommand("v1/ask", body), found: null, reply: null, first: null, began: performance.now() };
  const turn = new Turn(question, (turns += 1), () => look(turn, asked));
  byId("turns").append(turn.element);
  showState();
  turn.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
  try {
    for await (const [name, content] of events("v1/ask/stream", body, control.signal)) {
      if (control.signal.aborted) break;
      told(turn, asked, name, content);
    }
  } catch (error) {
    const stopped = error.name === "AbortError";
    const again = () => !asking && ask(question, options);
    turn.failed(stopped ? "Stopped before the answer was complete." : error.message, again);
  }
  if (asking === control) asking = null;
  showState();
}

function told(turn, asked, name, content) {
  if (name === "passages") {
    conversation = content.conversation_id;
    asked.found = content;
    turn.found(content);
    look(turn, asked);
  } else if (name === "token") {
    asked.first ??= performance.now() - asked.began;
    turn.token(content);
  } else if (name === "retract") turn.retract(content);
  else if (name === "done") {
    asked.reply = content;
    turn.done(content);
    if (seen === turn || !asked.found) look(turn, asked);
  }
}

/** What was found for this turn, and how it was answered, is shown beside it. */
function look(turn, asked) {
  seen?.isSeen(false);
  seen = turn;
  turn.isSeen(true);
  showPassages(asked.found?.passages ?? [], asked.reply?.citations);
  showTrace(asked);
}

function showState() {
  const isBusy = asking !== null;
  byId("ask-button").textContent = isBusy ? "Stop" : "Ask";
  byId("ask-button").classList.toggle("primary", !isBusy);
  byId("hint").hidden = turns > 0;
  if (turns) byId("ask-empty").hidden = true;
  byId("new-conversation").hidden = turns === 0;
  byId("question").placeholder = turns ? "Ask a follow-up question" : "What would you like to know?";
}

// Who asks an empty knowledge base is told before, not by a decline.
async function tellEmptiness() {
  const name = knowledgeBase();
  const query = new URLSearchParams({ knowledge_base: name, limit: 1 });
  const reply = await call(`v1/documents?${query}`).catch(() => null);
  if (!reply || name !== knowledgeBase()) return;
  const link = make("a", "", "Add documents");
  link.href = "#/documents";
  byId("ask-empty").replaceChildren(`Nothing is in ${name} yet. `, link, " and ask about them a few seconds later.");
  byId("ask-empty").hidden = reply.documents.length > 0 || turns > 0;
}
