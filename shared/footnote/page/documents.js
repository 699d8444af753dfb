// The list of documents, live: looked at again soon while something is on its way.

import { call } from "./api.js";
import { documentRow, isUnfinished } from "./document_row.js";
import { byId, make, show } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";
import { tellFailure } from "./notice.js";
import { noteDeleted, noteListed, ofThisVisit, startVisit } from "./visit.js";

const BUSY_POLL_MS = 1000;
const IDLE_POLL_MS = 8000;
const AFTER_A_CHANGE_MS = 300;
const STATUSES = ["ready", "processing", "pending", "failed", "skipped"];

const rows = new Map();
let listed = { documents: [], counts: {}, more: false };
let wanted = "";
let pages = 1;
let timer = 0;
let looks = 0;
let isOpen = false;

export const documentsView = {
  open() {
    isOpen = true;
    refreshDocuments();
  },
  close() {
    isOpen = false;
    clearTimeout(timer);
    byId("answering").hidden = true;
  },
};

/** Says, above the place for files, which question a document is wanted for. */
export function answerWith(question) {
  show(byId("answering"), `Wanted: a document that answers “${question}” It closes by itself once one does.`);
}

export function bindDocuments() {
  byId("more").addEventListener("click", () => {
    pages += 1;
    refreshDocuments();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else refreshDocuments();
  });
}

export function startOver() {
  startVisit();
  listed = { documents: [], counts: {}, more: false };
  want("");
}

/** What was added a moment ago is seen at once, not when the API has answered. */
export function showAdded() {
  if (wanted) want("");
  showDocuments();
}

function want(status) {
  wanted = status;
  pages = 1;
  refreshDocuments();
}

// Of looks that overlap, the one that began last counts.
export async function refreshDocuments() {
  clearTimeout(timer);
  if (!isOpen) return;
  const look = ++looks;
  try {
    const found = await list();
    await noteListed(found.documents, !found.more && !wanted);
    if (look !== looks) return;
    listed = found;
    tellFailure(byId("documents-failure"), "");
    showDocuments();
  } catch (error) {
    if (look !== looks) return;
    byId("documents-empty").hidden = true;
    tellFailure(byId("documents-failure"), error.message, refreshDocuments);
  }
  if (!isOpen) return;
  const waiting = [...rows.values()].some((row) => isUnfinished(row.status));
  timer = setTimeout(refreshDocuments, waiting ? BUSY_POLL_MS : IDLE_POLL_MS);
}

async function list() {
  const documents = [];
  let counts = {};
  let cursor = "";
  for (let page = 0; page < pages && cursor !== null; page += 1) {
    const query = new URLSearchParams({ knowledge_base: knowledgeBase() });
    if (wanted) query.set("status", wanted);
    if (cursor) query.set("cursor", cursor);
    const reply = await call(`v1/documents?${query}`);
    documents.push(...reply.documents);
    counts = reply.counts ?? counts;
    cursor = reply.next_cursor;
  }
  return { documents, counts, more: cursor !== null };
}

// What was uploaded just now comes first, where a person looks for it.
function showDocuments() {
  const { documents, counts, more } = listed;
  const first = wanted ? [] : ofThisVisit();
  const keys = new Set(first.map((stored) => stored.key));
  const shown = [...first, ...documents.filter((stored) => !keys.has(stored.key))];
  const items = shown.map(rowOf);
  const present = new Set(shown.map((stored) => stored.key));
  for (const key of rows.keys()) if (!present.has(key)) rows.delete(key);
  reconcile(byId("documents"), items);
  showCounts(counts);
  byId("documents-empty").classList.remove("loading");
  show(byId("documents-empty"), shown.length ? "" : emptiness());
  byId("more").hidden = !more;
}

function emptiness() {
  return wanted ? `No document is ${wanted} now.` : `Nothing is in ${knowledgeBase()} yet. Drop files above, or run “footnote add” with a folder.`;
}

// Keeps the elements that have not changed, so that focus and selection stay where they are.
function rowOf(stored) {
  const signature = JSON.stringify(stored);
  const row = rows.get(stored.key);
  if (row?.signature === signature) return row.element;
  const element = documentRow(stored, { act, gone: () => noteDeleted(stored.key) });
  rows.set(stored.key, { signature, element, status: stored.status });
  return element;
}

async function act(button, request) {
  button.disabled = true;
  try {
    await request();
  } catch (error) {
    tellFailure(byId("documents-failure"), error.message);
    button.disabled = false;
  }
  setTimeout(refreshDocuments, AFTER_A_CHANGE_MS);
}

function reconcile(list, items) {
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
  while (list.children.length > items.length) list.lastElementChild.remove();
}

function showCounts(counts) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const statuses = STATUSES.filter((status) => counts[status] || status === wanted);
  const signature = JSON.stringify([counts, wanted]);
  const list = byId("counts");
  if (list.dataset.signature === signature) return;
  const focused = document.activeElement?.dataset.status;
  list.dataset.signature = signature;
  list.hidden = !total;
  list.replaceChildren(
    countButton("", `${total} ${total === 1 ? "document" : "documents"}`),
    ...statuses.map((status) => countButton(status, `${counts[status] ?? 0} ${status}`)),
  );
  if (focused !== undefined) list.querySelector(`[data-status="${focused}"]`)?.focus();
}

function countButton(status, text) {
  const button = make("button", `status ${status}`.trim(), text);
  button.type = "button";
  button.dataset.status = status;
  button.setAttribute("aria-pressed", String(status === wanted));
  button.addEventListener("click", () => want(status));
  return button;
}
