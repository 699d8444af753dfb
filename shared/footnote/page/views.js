// The views of the page: each has an address of its own, such as #/usage, and is one section.

import { byId } from "./dom.js";

const sections = new Map([...document.querySelectorAll("[data-view]")].map((view) => [view.dataset.view, view]));
const known = new Map();
let shown = null;

/** `views` by name: each has `open()` for when it comes into view and `close()` for when it leaves. */
export function bindViews(views) {
  for (const [name, view] of Object.entries(views)) known.set(name, view);
  window.addEventListener("hashchange", () => go(true));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  go(false);
}

export const goTo = (name) => (location.hash = `#/${name}`);

/** What is in view looks once more, as another knowledge base was chosen. */
export const reopen = () => known.get(shown)?.open();

function go(byPerson) {
  const wanted = location.hash.startsWith("#/") ? location.hash.slice(2) : "";
  const name = sections.has(wanted) ? wanted : "ask";
  if (name === shown) return;
  known.get(shown)?.close();
  shown = name;
  showSection(name, byPerson);
  known.get(name).open();
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
