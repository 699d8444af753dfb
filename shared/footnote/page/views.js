// The views of the page: each has an address of its own, such as #/usage, and is one section.

import { byId } from "./dom.js";
import { tellFailure } from "./notice.js";

const sections = new Map([...document.querySelectorAll("[data-view]")].map((view) => [view.dataset.view, view]));
const LATER = {
  unanswered: () => import("./unanswered.js"),
  usage: () => import("./usage.js"),
  keys: () => import("./keys.js"),
};

const opened = new Map();
let shown = null;

/** `views` by name: each has `open()` for when it comes into view and `close()` for when it leaves. */
export function bindViews(views) {
  for (const [name, view] of Object.entries(views)) opened.set(name, view);
  window.addEventListener("hashchange", () => go(true));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  go(false);
}

export const goTo = (name) => (location.hash = `#/${name}`);

/** What is in view looks once more, as another knowledge base was chosen. */
export const reopen = () => opened.get(shown)?.open();

async function go(byPerson) {
  const wanted = location.hash.startsWith("#/") ? location.hash.slice(2) : "";
  const name = sections.has(wanted) ? wanted : "ask";
  if (name === shown) return;
  opened.get(shown)?.close();
  shown = name;
  showSection(name, byPerson);
  await open(name);
}

function showSection(name, byPerson) {
  for (const [other, section] of sections) section.hidden = other !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const heading = sections.get(name).querySelector("h1");
  document.title = name === "ask" ? "Footnote" : `${heading.textContent} · Footnote`;
  if (!byPerson) return;
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

// What a visit may never look at is fetched when it is looked at.
async function open(name) {
  const failure = sections.get(name).querySelector(".failure");
  try {
    if (!opened.has(name)) opened.set(name, await LATER[name]());
  } catch {
    const retry = () => open(name);
    tellFailure(failure, "This part of the page did not load. Is the server still running?", retry);
    return;
  }
  if (shown === name) opened.get(name).open();
}
