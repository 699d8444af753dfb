// Golden questions: what must stay answered, and how answers differ since documents changed.

import { call, post } from "./api.js";
import { byId, make } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";
import { button, sureButton, tellFailure } from "./notice.js";

const CHANGES = {
  expected_lost: "the expected words are gone",
  declined: "declined now",
  answered: "answered now",
  citations: "other sources",
  text: "other words",
};
const WORDS = { kept: "span", removed: "del", added: "ins" };

let looks = 0;

export function bindGolden() {
  const form = byId("golden-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { question, expected } = Object.fromEntries(new FormData(form));
    act(form.querySelector("button"), async () => {
      const kept = { question, expected: expected.trim() || null, knowledge_base: knowledgeBase() };
      const { golden_id } = await post("v1/golden", kept);
      form.reset();
      await run(golden_id);
    });
  });
}

// Of looks that overlap, the one that began last counts.
export async function lookAtGolden() {
  const mine = ++looks;
  try {
    const { golden } = await call(`v1/golden?${new URLSearchParams({ knowledge_base: knowledgeBase() })}`);
    if (mine !== looks) return;
    const changed = golden.filter(({ changes }) => changes.length);
    tellFailure(byId("golden-failure"), "");
    byId("golden-list").replaceChildren(...[...changed, ...golden.filter(({ changes }) => !changes.length)].map(item));
  } catch (error) {
    if (mine === looks) tellFailure(byId("golden-failure"), error.message, lookAtGolden);
  }
}

const run = (id) => post(`v1/golden/${id}/run`, { knowledge_base: knowledgeBase(), force: true });

async function act(pressed, request) {
  pressed.disabled = true;
  try {
    await request();
    await lookAtGolden();
  } catch (error) {
    await lookAtGolden();
    tellFailure(byId("golden-failure"), error.message);
  }
  pressed.disabled = false;
}

function item(golden) {
  const question = make("h3", "asked", golden.question);
  question.dir = "auto";
  return make("li", "golden", question, make("p", "labels", ...labels(golden)), answer(golden), actions(golden));
}

function labels({ changes, baseline, holds_expected }) {
  if (!baseline) return [make("span", "label wait", "not asked yet")];
  const told = changes.map((change) => make("span", "label wait", CHANGES[change] ?? change));
  if (holds_expected === false && !changes.includes("expected_lost")) told.push(make("span", "label wait", "lacks the expected words"));
  return told.length ? told : [make("span", "label", "as it was")];
}

// What of the answer went and came, where it differs.
function answer({ words, current, baseline }) {
  const text = (current ?? baseline)?.text ?? "";
  const runs = words.flatMap(({ op, text: run }) => [make(WORDS[op], "", run), " "]);
  const element = make("p", "golden-answer", ...(runs.length ? runs : [text]));
  element.dir = "auto";
  return element;
}

function actions(golden) {
  const address = `v1/golden/${golden.golden_id}`;
  const query = new URLSearchParams({ knowledge_base: knowledgeBase() });
  const accept = () => post(`${address}/accept`, { knowledge_base: knowledgeBase() });
  const remove = () => call(`${address}?${query}`, { method: "DELETE" });
  const found = make(
    "div",
    "actions",
    golden.changes.length ? button("Accept the new answer", (pressed) => act(pressed, accept), "small") : null,
    button("Ask again", (pressed) => act(pressed, () => run(golden.golden_id)), "small"),
    sureButton("Remove", "Really remove?", (pressed) => act(pressed, remove), "delete small"),
  );
  for (const element of found.children) element.setAttribute("aria-description", golden.question);
  return found;
}
