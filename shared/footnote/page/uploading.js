// Files from this machine into the bucket, a few at once.

import { post } from "./api.js";
import { refreshDocuments, uploads } from "./documents.js";
import { byId } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";

const AT_ONCE = 3;

/** Takes files from the file dialog, and those dropped anywhere on the page. */
export function bindUploading() {
  byId("files").addEventListener("change", (event) => {
    uploadAll(event.target.files);
    event.target.value = "";
  });
  const drop = byId("drop");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    uploadAll(event.dataTransfer.files);
  });
}

async function uploadAll(files) {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await upload(file);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  refreshDocuments();
}

async function upload(file) {
  const key = `${knowledgeBase()}/${file.name}`;
  uploads.set(key, { status: "uploading", reason: null, bytes: file.size, chunks: 0 });
  refreshDocuments();
  try {
    const version = await put(file);
    uploads.set(key, { ...uploads.get(key), status: "pending", version });
    if (!version) uploads.delete(key);
  } catch (error) {
    uploads.set(key, { ...uploads.get(key), status: "failed", reason: `Not uploaded: ${error.message}` });
  }
}

async function put(file) {
  const { upload: ticket } = await post("v1/documents", {
    knowledge_base: knowledgeBase(),
    name: file.name,
    content_type: file.type || "application/octet-stream",
  });
  const reply = await fetch(ticket.url, {
    method: ticket.method,
    headers: ticket.headers,
    body: file,
  });
  if (!reply.ok) throw new Error(`The bucket answered ${reply.status}.`);
  return reply.headers.get("x-amz-version-id");
}
