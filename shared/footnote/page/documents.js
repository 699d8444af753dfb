// The list of documents, live: looked at again soon while something is on its way.

import { call } from "./api.js";
import { documentRow, isUnfinished } from "./document_row.js";
import { byId, show } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";

const BUSY_POLL_MS = 1000;
const IDLE_POLL_MS = 8000;
const AFTER_A_CHANGE_MS = 300;
const STATUS_ORDER = ["ready", "processing", "pending", "failed", "skipped"];

// Files on their way into the bucket, by key; each goes once the list knows its version.
export const uploads = new Map();
const rows = new Map();
let pages = 1;
let timer = 0;

export function bindDocuments() {
  byId("more").addEventListener("click", () => {
    pages += 1;
    refreshDocuments();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else refreshDocuments();
  });
  refreshDocuments();
}

export function startOver() {
  uploads.clear();
  pages = 1;
  refreshDocuments();
}

export async function refreshDocuments() {
  clearTimeout(timer);
  const asked = knowledgeBase();
  try {
    const { documents, more } = await listDocuments(asked);
    if (asked !== knowledgeBase()) return;
    show(byId("documents-failure"), "");
    showDocuments(documents, more);
  } catch (error) {
    show(byId("documents-failure"), error.message);
  }
  const waiting = [...rows.values()].some((row) => isUnfinished(row.status));
  timer = setTimeout(refreshDocuments, waiting ? BUSY_POLL_MS : IDLE_POLL_MS);
}

async function listDocuments(name) {
  const documents = [];
  let cursor = "";
  for (let page = 0; page < pages && cursor !== null; page += 1) {
    const query = new URLSearchParams({ knowledge_base: name });
    if (cursor) query.set("cursor", cursor);
    const reply = await call(`v1/documents?${query}`);
    documents.push(...reply.documents);
    cursor = reply.next_cursor;
  }
  return { documents, more: cursor !== null };
}

function showDocuments(documents, more) {
  for (const stored of documents) {
    if (uploads.get(stored.key)?.version === stored.version_id) uploads.delete(stored.key);
  }
  const shown = new Map(documents.map((stored) => [stored.key, stored]));
  for (const [key, upload] of uploads) shown.set(key, { ...shown.get(key), ...upload, key });
  const items = [...shown.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map(rowOf);
  for (const key of rows.keys()) if (!shown.has(key)) rows.delete(key);
  reconcile(byId("documents"), items);
  byId("counts").textContent = countText([...shown.values()], more);
  byId("more").hidden = !more;
}

// Keeps the elements that have not changed, so that focus and selection stay where they are.
function rowOf(stored) {
  const signature = JSON.stringify(stored);
  const row = rows.get(stored.key);
  if (row?.signature === signature) return row.element;
  const element = documentRow(stored, act);
  rows.set(stored.key, { signature, element, status: stored.status });
  return element;
}

async function act(button, request) {
  button.disabled = true;
  try {
    await request();
  } catch (error) {
    show(byId("documents-failure"), error.message);
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

function countText(documents, more) {
  const counts = new Map();
  for (const { status } of documents) counts.set(status, (counts.get(status) ?? 0) + 1);
  const order = (status) => STATUS_ORDER.indexOf(status);
  const parts = [...counts].sort((a, b) => order(a[0]) - order(b[0])).map(([s, n]) => `${n} ${s}`);
  return parts.length ? parts.join(", ") + (more ? ", and more" : "") : "No documents yet.";
}
