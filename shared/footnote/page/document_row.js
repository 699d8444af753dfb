// One document in the list: its name, its status and what can be done about it.

import { call, post } from "./api.js";
import { make } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";

const UNFINISHED = new Set(["uploading", "pending", "processing"]);

export const isUnfinished = (status) => UNFINISHED.has(status);

/** `act(button, request)` is called with what the pressed button asks of the API. */
export function documentRow(stored, act) {
  return make(
    "li",
    `document ${stored.status}`,
    make("span", "name", shortName(stored.key)),
    make("span", `status ${stored.status}`, stored.status),
    make("span", "amount", amount(stored)),
    actions(stored, act),
    stored.reason ? make("span", "reason", stored.reason) : null,
  );
}

function shortName(key) {
  const prefix = `${knowledgeBase()}/`;
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

function amount(stored) {
  const parts = [];
  if (stored.to_embed) parts.push(`${Math.floor((100 * stored.embedded) / stored.to_embed)} % done`);
  if (stored.chunks) parts.push(`${stored.chunks} ${stored.chunks === 1 ? "chunk" : "chunks"}`);
  if (stored.bytes) parts.push(size(stored.bytes));
  return parts.join(" · ");
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function actions(stored, act) {
  if (isUnfinished(stored.status) || !stored.document_id) return make("span");
  if (stored.status !== "failed") return deleteButton(stored, act);
  return make("span", "actions", retryButton(stored, act), deleteButton(stored, act));
}

const address = (stored) => `v1/documents/${encodeURIComponent(stored.document_id)}`;

function retryButton(stored, act) {
  const button = make("button", "", "Retry");
  button.type = "button";
  button.setAttribute("aria-label", `Try ${shortName(stored.key)} again`);
  button.addEventListener("click", () => act(button, () => post(`${address(stored)}/retry`, {})));
  return button;
}

// Asks once more in place: the second press deletes.
function deleteButton(stored, act) {
  const button = make("button");
  const sure = (yes) => {
    button.classList.toggle("sure", yes);
    button.textContent = yes ? "Really delete?" : "Delete";
    const what = `${yes ? "Really delete" : "Delete"} ${shortName(stored.key)}`;
    button.setAttribute("aria-label", yes ? `${what}?` : what);
  };
  sure(false);
  button.type = "button";
  button.addEventListener("blur", () => sure(false));
  button.addEventListener("click", () => {
    if (button.classList.contains("sure")) act(button, () => call(address(stored), { method: "DELETE" }));
    else sure(true);
  });
  return button;
}
