// The page to try Footnote in. Everything shown is inserted as text, never as HTML: documents and
// answers are not trusted.

const PASSAGES = 8;
const PARALLEL_UPLOADS = 3;
const BUSY_POLL_MS = 1000;
const IDLE_POLL_MS = 8000;
const UNFINISHED = new Set(["uploading", "pending", "processing"]);
const KNOWLEDGE_BASE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const STATUS_ORDER = ["ready", "processing", "pending", "failed", "skipped"];

const byId = (id) => document.getElementById(id);

// ---------------------------------------------------------------- elements

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
}

function show(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

// ---------------------------------------------------------------- the API

// Behind API Gateway everything is below the stage's name; this script is at <base>/page/page.js.
const BASE = new URL("..", import.meta.url);

async function call(path, options = {}) {
  let reply;
  try {
    reply = await fetch(new URL(path, BASE), options);
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  const body = await reply.json().catch(() => null);
  if (!reply.ok) throw new Error(body?.error?.message ?? `The server answered ${reply.status}.`);
  return body;
}

const post = (path, body) =>
  call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

// ---------------------------------------------------------------- the knowledge base

const STORED = "footnote.knowledge-bases";
const known = new Set(["footnote", "default", ...remembered()]);
const link = new URLSearchParams(location.search);
let knowledgeBase = link.get("knowledge_base") ?? "footnote";

// Anything may be stored there: other programs have been, and will be, at this address.
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "[]").filter((name) => KNOWLEDGE_BASE.test(name));
  } catch {
    return [];
  }
}

function listKnowledgeBases() {
  const options = [...known].sort().map((name) => {
    const option = make("option");
    option.value = name;
    return option;
  });
  byId("knowledge-bases").replaceChildren(...options);
}

function chooseKnowledgeBase(name) {
  const valid = KNOWLEDGE_BASE.test(name);
  byId("knowledge-base-rule").hidden = valid;
  if (!valid || name === knowledgeBase) return;
  knowledgeBase = name;
  known.add(name);
  localStorage.setItem(STORED, JSON.stringify([...known]));
  history.replaceState(null, "", `?knowledge_base=${name}`);
  listKnowledgeBases();
  uploads.clear();
  pages = 1;
  refreshDocuments();
}

// ---------------------------------------------------------------- asking

let asked = 0;

async function ask(question) {
  const turn = ++asked;
  const current = () => turn === asked;
  busy(true);
  show(byId("failure"), "");
  const body = { question, knowledge_base: knowledgeBase };
  const searching = post("v1/search", { ...body, top_k: PASSAGES }).then(
    (found) => current() && showPassages(found.passages),
    () => current() && showPassages([]),
  );
  try {
    const reply = await post("v1/ask", body);
    if (current()) showAnswer(reply);
  } catch (error) {
    if (current()) show(byId("failure"), error.message);
  }
  await searching;
  if (current()) busy(false);
}

function busy(yes) {
  byId("ask-button").disabled = yes;
  byId("ask-button").textContent = yes ? "Asking …" : "Ask";
  byId("answer").setAttribute("aria-busy", String(yes));
}

function showAnswer(reply) {
  const declined = reply.status === "declined";
  const text = declined
    ? make("p", "declined", "The documents do not say.")
    : make("p", "answer-text", ...withMarkers(reply.answer));
  const citations = make("div", "citations", ...reply.citations.map(citationCard));
  byId("answer").replaceChildren(text, about(reply), ...(reply.citations.length ? [citations] : []));
}

function withMarkers(answer) {
  // An odd part is the number between the brackets.
  return answer.split(/\[(\d+)\]/).map((part, index) => (index % 2 ? marker(part) : part));
}

function marker(number) {
  const button = make("button", "marker", number);
  button.type = "button";
  button.setAttribute("aria-label", `Show source ${number}`);
  button.setAttribute("aria-controls", `citation-${number}`);
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => openCitation(number));
  return button;
}

function openCitation(number) {
  const card = byId(`citation-${number}`);
  if (!card) return;
  card.open = true;
  card.querySelector("summary").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function citationCard(citation) {
  const card = make(
    "details",
    "citation",
    make(
      "summary",
      "",
      make("span", "number", `[${citation.marker}]`),
      make("span", "title", citation.title || citation.key),
      citation.page ? make("span", "page", `page ${citation.page}`) : null,
    ),
    make("div", "body", headingPath(citation), make("blockquote", "", citation.quote), source(citation)),
  );
  card.id = `citation-${citation.marker}`;
  card.addEventListener("toggle", () => {
    for (const button of document.querySelectorAll(`[aria-controls="${card.id}"]`)) {
      button.setAttribute("aria-expanded", String(card.open));
    }
  });
  return card;
}

function headingPath(place) {
  const path = (place.heading_path ?? []).filter((heading) => heading !== place.title);
  return path.length ? make("p", "path", path.join(" › ")) : null;
}

function source(citation) {
  if (!isWebAddress(citation.url)) return make("p", "source", citation.key);
  const link = make("a", "", citation.url);
  link.href = citation.url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return make("p", "source", link);
}

function isWebAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

function about(reply) {
  const asOf = new Date(reply.index_as_of);
  const time = Number.isNaN(asOf.valueOf()) ? "" : ` Knows uploads up to ${asOf.toLocaleTimeString()}.`;
  if (reply.model === "extractive") {
    const label = make("strong", "", "Extractive:");
    const why = reply.fallback ? "the language model could not answer" : "no language model is connected";
    const text = ` sentences quoted verbatim, ${why}.${time}`;
    return make("p", "about", label, text);
  }
  return make("p", "about", "Answered by ", make("strong", "", reply.model ?? "a model"), `.${time}`);
}

// ---------------------------------------------------------------- passages

function showPassages(passages) {
  show(byId("passages-hint"), passages.length ? "" : "Nothing was found for this question.");
  byId("passages").replaceChildren(...passages.map(passageItem));
  for (const text of document.querySelectorAll(".passage-text")) {
    if (text.scrollHeight > text.clientHeight) text.after(unfold(text));
  }
}

function passageItem(passage) {
  const score = make("meter");
  score.min = 0;
  score.max = 1;
  score.value = passage.score;
  score.setAttribute("aria-hidden", "true");
  return make(
    "li",
    "passage",
    make(
      "div",
      "passage-head",
      make("span", "title", passage.title || passage.key),
      make("span", "score", `score ${passage.score.toFixed(2)}`),
    ),
    score,
    headingPath(passage),
    make("p", "passage-text", passage.text),
  );
}

function unfold(text) {
  const button = make("button", "more-text", "Show all");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const whole = text.classList.toggle("whole");
    button.textContent = whole ? "Show less" : "Show all";
    button.setAttribute("aria-expanded", String(whole));
  });
  return button;
}

// ---------------------------------------------------------------- documents

// Files on their way into the bucket, by key; each goes once the list knows its version.
const uploads = new Map();
const rows = new Map();
let pages = 1;
let timer = 0;

async function refreshDocuments() {
  clearTimeout(timer);
  const asked = knowledgeBase;
  try {
    const { documents, more } = await listDocuments(asked);
    if (asked !== knowledgeBase) return;
    show(byId("documents-failure"), "");
    showDocuments(documents, more);
  } catch (error) {
    show(byId("documents-failure"), error.message);
  }
  const waiting = [...rows.values()].some((row) => UNFINISHED.has(row.status));
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
  const items = [...shown.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map(documentItem);
  for (const key of rows.keys()) if (!shown.has(key)) rows.delete(key);
  reconcile(byId("documents"), items);
  byId("counts").textContent = countText([...shown.values()], more);
  byId("more").hidden = !more;
}

// Keeps the elements that have not changed, so that focus and selection stay where they are.
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

function documentItem(stored) {
  const signature = JSON.stringify(stored);
  const row = rows.get(stored.key);
  if (row?.signature === signature) return row.element;
  const element = make(
    "li",
    `document ${stored.status}`,
    make("span", "name", shortName(stored.key)),
    make("span", `status ${stored.status}`, stored.status),
    make("span", "amount", amount(stored)),
    actions(stored),
    stored.reason ? make("span", "reason", stored.reason) : null,
  );
  rows.set(stored.key, { signature, element, status: stored.status });
  return element;
}

function actions(stored) {
  if (UNFINISHED.has(stored.status) || !stored.document_id) return make("span");
  if (stored.status !== "failed") return deleteButton(stored);
  return make("span", "actions", retryButton(stored), deleteButton(stored));
}

function retryButton(stored) {
  const button = make("button", "", "Retry");
  button.type = "button";
  button.setAttribute("aria-label", `Try ${shortName(stored.key)} again`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await post(`v1/documents/${encodeURIComponent(stored.document_id)}/retry`, {});
    } catch (error) {
      show(byId("documents-failure"), error.message);
      button.disabled = false;
    }
    setTimeout(refreshDocuments, 300);
  });
  return button;
}

function shortName(key) {
  const prefix = `${knowledgeBase}/`;
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

// Asks once more in place: the second press deletes.
function deleteButton(stored) {
  const button = make("button", "", "Delete");
  button.type = "button";
  button.setAttribute("aria-label", `Delete ${shortName(stored.key)}`);
  const calm = () => {
    button.classList.remove("sure");
    button.textContent = "Delete";
    button.setAttribute("aria-label", `Delete ${shortName(stored.key)}`);
  };
  button.addEventListener("blur", calm);
  button.addEventListener("click", async () => {
    if (!button.classList.contains("sure")) {
      button.classList.add("sure");
      button.textContent = "Really delete?";
      button.setAttribute("aria-label", `Really delete ${shortName(stored.key)}?`);
      return;
    }
    button.disabled = true;
    try {
      await call(`v1/documents/${encodeURIComponent(stored.document_id)}`, { method: "DELETE" });
    } catch (error) {
      show(byId("documents-failure"), error.message);
      button.disabled = false;
    }
    setTimeout(refreshDocuments, 300);
  });
  return button;
}

// ---------------------------------------------------------------- uploading

async function uploadAll(files) {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await upload(file);
  };
  await Promise.all(Array.from({ length: PARALLEL_UPLOADS }, worker));
  refreshDocuments();
}

async function upload(file) {
  const key = `${knowledgeBase}/${file.name}`;
  uploads.set(key, { status: "uploading", reason: null, bytes: file.size, chunks: 0 });
  refreshDocuments();
  try {
    const ticket = await post("v1/documents", {
      knowledge_base: knowledgeBase,
      name: file.name,
      content_type: file.type || "application/octet-stream",
    });
    const reply = await fetch(ticket.upload.url, {
      method: ticket.upload.method,
      headers: ticket.upload.headers,
      body: file,
    });
    if (!reply.ok) throw new Error(`The bucket answered ${reply.status}.`);
    const version = reply.headers.get("x-amz-version-id");
    uploads.set(key, { ...uploads.get(key), status: "pending", version });
    if (!version) uploads.delete(key);
  } catch (error) {
    uploads.set(key, { ...uploads.get(key), status: "failed", reason: `Not uploaded: ${error.message}` });
  }
}

// ---------------------------------------------------------------- binding

byId("knowledge-base").value = knowledgeBase;
byId("knowledge-base").addEventListener("change", (event) => chooseKnowledgeBase(event.target.value.trim()));

byId("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = byId("question").value.trim();
  if (question) ask(question);
});
byId("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("ask-form").requestSubmit();
  }
});

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

byId("more").addEventListener("click", () => {
  pages += 1;
  refreshDocuments();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else refreshDocuments();
});

listKnowledgeBases();
refreshDocuments();
// A link may carry a question, but only a person asks it: an answer may cost money.
if (link.get("question")) byId("question").value = link.get("question");
