// One document in the list: its name, its status and what can be done about it.

import { call, post } from "./api.js";
import { make } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";
import { button, sureButton } from "./notice.js";

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
  const labels = [`Delete ${name}`, `Really delete ${name}?`];
  const deleting = sureButton("Delete", "Really delete?", (pressed) => act(pressed, remove), "delete", labels);
  if (stored.status !== "failed") return [deleting];
  const retrying = button("Retry", (pressed) => act(pressed, retry), "retry");
  retrying.setAttribute("aria-label", `Try ${name} again`);
  return [retrying, deleting];
}
