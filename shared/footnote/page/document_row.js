// One document in the list: its name, its status and what can be done about it.

import { call, post } from "./api.js";
import { make } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";

const UNFINISHED = new Set(["uploading", "pending", "processing"]);

export const isUnfinished = (status) => UNFINISHED.has(status);

/** `act(button, request)` is called with what a pressed button asks of the API, `gone` on deletion. */
export function documentRow(stored, { act, gone }) {
  const name = shortName(stored.key);
  const share = progress(stored);
  return make(
    "li",
    `document ${stored.status}`,
    make("span", "name", name),
    make("span", `status ${stored.status}`, share === null ? stored.status : `${stored.status} ${share} %`),
    make("span", "chunks", chunks(stored)),
    make("span", "size", size(stored.bytes)),
    make("span", "actions", ...actions(stored, name, { act, gone })),
    stored.reason ? make("p", "reason", stored.reason) : null,
    share === null ? null : bar(share, name),
  );
}

function shortName(key) {
  const prefix = `${knowledgeBase()}/`;
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

// How far a long document is; one that is done within one invocation tells of no progress.
function progress(stored) {
  if (!isUnfinished(stored.status) || !stored.to_embed) return null;
  return Math.floor((100 * stored.embedded) / stored.to_embed);
}

function bar(share, name) {
  const element = make("progress");
  element.max = 100;
  element.value = share;
  element.setAttribute("aria-label", `${name} is understood`);
  return element;
}

function chunks(stored) {
  if (!stored.chunks) return "";
  return `${stored.chunks.toLocaleString()} ${stored.chunks === 1 ? "chunk" : "chunks"}`;
}

function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function actions(stored, name, { act, gone }) {
  if (isUnfinished(stored.status) || !stored.document_id) return [];
  const address = `v1/documents/${encodeURIComponent(stored.document_id)}`;
  const retry = () => post(`${address}/retry`, {});
  const remove = () => call(address, { method: "DELETE" }).then(gone);
  const deleting = deleteButton(name, (button) => act(button, remove));
  return stored.status === "failed" ? [retryButton(name, (button) => act(button, retry)), deleting] : [deleting];
}

function retryButton(name, press) {
  const button = make("button", "retry", "Retry");
  button.type = "button";
  button.setAttribute("aria-label", `Try ${name} again`);
  button.addEventListener("click", () => press(button));
  return button;
}

// Asks once more in place: the second press deletes.
function deleteButton(name, press) {
  const button = make("button", "delete");
  const ask = (sure) => {
    button.classList.toggle("sure", sure);
    button.textContent = sure ? "Really delete?" : "Delete";
    button.setAttribute("aria-label", sure ? `Really delete ${name}?` : `Delete ${name}`);
  };
  ask(false);
  button.type = "button";
  button.addEventListener("blur", () => ask(false));
  button.addEventListener("click", () => {
    if (button.classList.contains("sure")) press(button);
    else ask(true);
  });
  return button;
}
