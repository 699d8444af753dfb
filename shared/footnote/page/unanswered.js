// What people asked and did not get, with what to do about it: add a document, or dismiss it.

import { call, post } from "./api.js";
import { answerWith } from "./documents.js";
import { byId, headingPath, make, unwrapped } from "./dom.js";
import { count, plural } from "./figures.js";
import { lookAtGolden } from "./golden.js";
import { knowledgeBase } from "./knowledge_base.js";
import { lookAtLabels } from "./labels.js";
import { button, showChoice, tellFailure } from "./notice.js";
import { goTo } from "./views.js";

const STATES = ["open", "closed", "dismissed"];
const view = document.querySelector("[data-view=unanswered]");
const failure = view.querySelector(".failure");
const content = view.querySelector(".content");

let state = "open";
let looks = 0;

export const unansweredView = {
  open() {
    look();
    lookAtLabels();
    lookAtGolden();
  },
  close: () => (looks += 1),
};

async function look() {
  const mine = ++looks;
  if (!content.hasChildNodes()) content.append(make("p", "hint loading", "Looking through what was asked"));
  try {
    const reply = await call(`v1/questions/unanswered?${queryOf("")}`);
    if (mine !== looks) return;
    tellFailure(failure, "");
    showStates(reply.counts ?? {});
    const list = make("ol", "clusters");
    content.replaceChildren(reply.clusters.length ? list : make("p", "empty", ...emptiness()));
    append(list, reply);
  } catch (error) {
    if (mine !== looks) return;
    content.replaceChildren();
    tellFailure(failure, error.message, unansweredView.open);
  }
}

function queryOf(cursor) {
  const query = new URLSearchParams({ knowledge_base: knowledgeBase(), state });
  if (cursor) query.set("cursor", cursor);
  return query;
}

function append(list, { clusters, next_cursor }) {
  list.append(...clusters.map(item));
  if (!next_cursor) return;
  const more = button("Show more", async () => {
    try {
      const reply = await call(`v1/questions/unanswered?${queryOf(next_cursor)}`);
      more.remove();
      append(list, reply);
    } catch (error) {
      tellFailure(failure, error.message);
    }
  });
  content.append(more);
}

function showStates(counts) {
  const options = STATES.map((name) => [name, `${count(counts[name] ?? 0)} ${name}`]);
  showChoice(byId("unanswered-states"), options, state, (value) => {
    state = value;
    look();
  });
}

function emptiness() {
  if (state === "closed") return ["No document has answered any of them so far."];
  if (state === "dismissed") return ["None was dismissed."];
  return [`Every question to ${knowledgeBase()} was answered, as far as anybody said. Declined ones and those with a thumb down appear here.`];
}

function item(cluster) {
  const question = make("h2", "asked", cluster.question);
  question.dir = "auto";
  const times = make("span", "times", count(cluster.questions));
  times.title = plural(cluster.questions, "question");
  return make(
    "li",
    `cluster ${cluster.state}`,
    times,
    make("div", "", question, make("p", "about-cluster", facts(cluster)), wordings(cluster), closedBy(cluster.closed_by), actions(cluster)),
  );
}

function facts(cluster) {
  const first = day(cluster.first_seen);
  const last = day(cluster.last_seen);
  return [
    plural(cluster.questions, "question"),
    cluster.declined && `${count(cluster.declined)} declined`,
    cluster.down_voted && `${plural(cluster.down_voted, "thumb")} down`,
    first === last ? first : `${first} to ${last}`,
  ].filter(Boolean).join(" · ");
}

const day = (at) => new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short" });

function wordings({ question, examples }) {
  const others = [...new Set(examples.map((example) => example.question))].filter((text) => text !== question);
  if (!others.length) return null;
  const items = others.map((text) => {
    const line = make("li", "", text);
    line.dir = "auto";
    return line;
  });
  return make("details", "wordings", make("summary", "", `Also asked as (${others.length})`), make("ul", "", ...items));
}

function closedBy(document) {
  if (!document) return null;
  const quote = make("blockquote", "", unwrapped(document.quote));
  quote.dir = "auto";
  const page = document.page ? `, page ${document.page}` : "";
  return make("div", "closed-by", make("p", "", "Answered by ", make("strong", "", document.title || document.key), page), headingPath(document), quote);
}

function actions(cluster) {
  const ask = button("Ask it now", () => {
    byId("question").value = cluster.question;
    goTo("ask");
  });
  if (cluster.state === "closed") return make("div", "actions", ask);
  const upload = button("Upload a document that answers it", () => {
    answerWith(cluster.question);
    goTo("documents");
  });
  const wanted = cluster.state === "open" ? "dismissed" : "open";
  const move = button(wanted === "open" ? "Open again" : "Dismiss", (pressed) => change(cluster, wanted, pressed), "quiet");
  const found = make("div", "actions", cluster.state === "open" ? upload : null, ask, move);
  for (const element of found.children) {
    element.classList.add("small");
    element.setAttribute("aria-description", cluster.question);
  }
  return found;
}

async function change(cluster, wanted, pressed) {
  pressed.disabled = true;
  try {
    await post(`v1/questions/unanswered/${cluster.cluster_id}`, { state: wanted, knowledge_base: knowledgeBase() });
    await look();
  } catch (error) {
    pressed.disabled = false;
    tellFailure(failure, error.message);
  }
}
