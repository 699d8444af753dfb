// Questions that somebody who knows says what is right for: the passages, the answer, or that none
// of the documents tells.

import { call, post, send } from "./api.js";
import { byId, headingPath, make, unwrapped } from "./dom.js";
import { plural } from "./figures.js";
import { knowledgeBase } from "./knowledge_base.js";
import { button, say, showChoice, sureButton, tellFailure } from "./notice.js";

const KINDS = [
  ["unanswered", "declined"],
  ["down_voted", "voted down"],
  ["asked", "all"],
  ["labelled", "labelled"],
];
const NONE = {
  unanswered: "No question was declined that nobody has labelled yet.",
  down_voted: "No answer was voted down that nobody has labelled yet.",
  asked: "Nothing was asked that nobody has labelled yet.",
  labelled: "Nobody has labelled a question yet.",
};
const PASSAGES = 10;
const SHOWN = 50;

let kind = "unanswered";
let looks = 0;

// Of looks that overlap, the one that began last counts.
export async function lookAtLabels() {
  const mine = ++looks;
  showChoice(byId("label-kinds"), KINDS, kind, (value) => {
    kind = value;
    lookAtLabels();
  });
  try {
    const query = new URLSearchParams({ knowledge_base: knowledgeBase(), kind, limit: SHOWN });
    const { questions } = await call(`v1/questions?${query}`);
    if (mine !== looks) return;
    tellFailure(byId("labels-failure"), "");
    const none = make("p", "empty", NONE[kind]);
    byId("labels").replaceChildren(...(questions.length ? questions.map(item) : [make("li", "", none)]));
  } catch (error) {
    if (mine === looks) tellFailure(byId("labels-failure"), error.message, lookAtLabels);
  }
}

function item(asked) {
  const question = make("h3", "asked", asked.question);
  question.dir = "auto";
  const place = make("div", "label-place");
  const open = button(asked.label ? "Change" : "Label it", () => toggle(asked, open, place), "small");
  open.setAttribute("aria-expanded", "false");
  const forget = () => change(asked, "DELETE", "Forgotten");
  const remove = asked.label ? sureButton("Forget", "Really forget?", forget, "delete small") : null;
  for (const element of [open, remove]) element?.setAttribute("aria-description", asked.question);
  return make("li", "to-label", question, make("p", "about-cluster", facts(asked)), told(asked.label), make("div", "actions", open, remove), place);
}

function facts({ status, rating, times, asked_at }) {
  const day = new Date(asked_at).toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return [`asked ${times === 1 ? "once" : `${times} times`}`, `${status}${rating ? `, thumb ${rating}` : ""}`, day].join(" · ");
}

function told(label) {
  if (!label) return null;
  if (label.answer === null) return make("p", "labels", make("span", "label wait", "not in the documents"));
  const answer = make("p", "golden-answer", label.answer);
  answer.dir = "auto";
  const keys = [...new Set(label.passages.map(({ key }) => key))];
  const from = keys.length ? `${plural(label.passages.length, "passage")} of ${keys.join(", ")}` : "no passage marked";
  return make("div", "", answer, make("p", "hint", from));
}

async function toggle(asked, open, place) {
  if (place.hasChildNodes()) return close(open, place);
  open.setAttribute("aria-expanded", "true");
  place.append(make("p", "hint loading", "Looking for passages"));
  try {
    const search = { question: asked.question, knowledge_base: knowledgeBase(), top_k: PASSAGES };
    const { passages } = await post("v1/search", search);
    place.replaceChildren(form(asked, passages, () => close(open, place)));
    place.querySelector("textarea").focus();
  } catch (error) {
    close(open, place);
    tellFailure(byId("labels-failure"), error.message);
  }
}

function close(open, place) {
  place.replaceChildren();
  open.setAttribute("aria-expanded", "false");
  open.focus();
}

function form(asked, passages, cancel) {
  const marked = new Set((asked.label?.passages ?? []).map(({ key, text }) => `${key} ${text}`));
  const boxes = passages.map((passage) => [passage, box(marked.has(`${passage.key} ${passage.text}`))]);
  const answer = make("textarea");
  Object.assign(answer, { rows: 2, maxLength: 4000, dir: "auto", required: true, value: asked.label?.answer ?? "" });
  const none = box(asked.label?.answer === null);
  const save = make("button", "primary", "Save");
  const within = make("fieldset", "passages-to-mark", make("legend", "", passages.length ? "Which passages answer it?" : "Nothing was found for it."), make("div", "marks", ...boxes.map(marking)));
  const fill = () => {
    answer.disabled = within.disabled = none.checked;
  };
  none.addEventListener("change", fill);
  fill();
  const element = make(
    "form",
    "label-form",
    make("label", "form-field", make("span", "", "The right answer, as short as it can be"), answer),
    make("label", "kind", none, make("span", "", "The documents do not tell")),
    within,
    make("div", "actions", save, button("Cancel", cancel, "quiet")),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    save.disabled = true;
    const right = boxes.filter(([, { checked }]) => checked).map(([{ key, text }]) => ({ key, text }));
    const label = none.checked ? { answer: null } : { answer: answer.value.trim(), passages: right };
    change(asked, "PUT", "Labelled", label).finally(() => (save.disabled = false));
  });
  return element;
}

function box(checked) {
  const element = make("input");
  element.type = "checkbox";
  element.checked = checked;
  return element;
}

function marking([passage, mark]) {
  const title = make("span", "title", passage.title || passage.key);
  const text = make("span", "marked-text", unwrapped(passage.text).replaceAll(/\n{2,}/g, "\n"));
  title.dir = text.dir = "auto";
  const page = passage.page ? make("span", "hint", `page ${passage.page}`) : null;
  const path = headingPath(passage);
  const where = path ? make("span", "path", path.textContent) : null;
  return make("label", "mark", mark, make("span", "", title, page, where, text));
}

// The next question is where the one was that is done.
async function change(asked, method, said, label) {
  const path = `v1/questions/${asked.question_id}/label`;
  const base = { knowledge_base: knowledgeBase() };
  try {
    if (label) await send(method, path, { ...base, ...label });
    else await call(`${path}?${new URLSearchParams(base)}`, { method });
    const place = [...byId("labels").children].findIndex((one) => one.contains(document.activeElement));
    await lookAtLabels();
    const items = byId("labels").children;
    items[Math.min(Math.max(place, 0), items.length - 1)]?.querySelector("button")?.focus();
    say(said);
  } catch (error) {
    tellFailure(byId("labels-failure"), error.message);
  }
}
