// Files from this machine into the bucket, a few at once.

import { post } from "./api.js";
import { refreshDocuments, showAdded } from "./documents.js";
import { byId } from "./dom.js";
import { droppedFiles } from "./dropping.js";
import { knowledgeBase } from "./knowledge_base.js";
import { tellFailure } from "./notice.js";
import { goTo } from "./views.js";
import { noteProgress, noteUpload } from "./visit.js";

const AT_ONCE = 3;

let number = 0;

/** Takes files from the file dialog, and files and folders dropped anywhere on the page. */
export function bindUploading() {
  byId("files").addEventListener("change", (event) => {
    uploadAll([...event.target.files].map((file) => ({ name: file.name, file })));
    event.target.value = "";
  });
  for (const name of ["dragenter", "dragover"]) document.addEventListener(name, (event) => drag(event, true));
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drag(event, false);
  });
  document.addEventListener("drop", async (event) => {
    if (!drag(event, false)) return;
    const files = droppedFiles(event.dataTransfer);
    try {
      await uploadAll(await files);
    } catch (error) {
      tellFailure(byId("documents-failure"), `What was dropped could not be read: ${error.message}`);
    }
  });
}

// Text that is dragged into the question is none of this.
function drag(event, over) {
  if (!event.dataTransfer.types.includes("Files")) return false;
  event.preventDefault();
  document.body.classList.toggle("dragging", over);
  byId("drop-target").textContent = knowledgeBase();
  return true;
}

async function uploadAll(files) {
  goTo("documents");
  const into = knowledgeBase();
  const waiting = files.toReversed().map(({ name, file }) => noted(into, name, file)).reverse();
  showAdded();
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  refreshDocuments();
}

function noted(into, name, file) {
  const upload = { key: `${into}/${name}`, upload: ++number, status: "uploading", bytes: file.size };
  noteUpload(upload);
  return async () => {
    try {
      noteProgress(upload, { status: "pending", awaits: await put(into, name, file) });
    } catch (error) {
      noteProgress(upload, { status: "failed", reason: `Not uploaded: ${error.message}` });
    }
    refreshDocuments();
  };
}

/** The version that the file got; empty where the bucket keeps none. */
async function put(into, name, file) {
  const { upload: ticket } = await post("v1/documents", {
    knowledge_base: into,
    name,
    content_type: file.type || "application/octet-stream",
  });
  const reply = await send(ticket, file);
  if (!reply.ok) throw new Error(`the bucket answered ${reply.status}.`);
  return reply.headers.get("x-amz-version-id") ?? "";
}

async function send(ticket, file) {
  try {
    return await fetch(ticket.url, { method: ticket.method, headers: ticket.headers, body: file });
  } catch {
    throw new Error("the bucket did not answer, or the file can no longer be read.");
  }
}
