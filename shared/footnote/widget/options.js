// What the attributes of the element say, with what holds where they say nothing.

import { wordsFor } from "./words.js";

const SEPARATOR = "|";
const MOST_SUGGESTIONS = 5;

/** The options of an element; `scriptBase` is the API of the script that defined it. */
export function optionsOf(element, scriptBase) {
  const said = (name) => element.dataset[name]?.trim() ?? "";
  const words = wordsFor(said("lang") || pageLanguage(element));
  return {
    words,
    direction: closest(element, "dir")?.dir || (words.rtl ? "rtl" : "ltr"),
    api: new URL(said("api") || scriptBase, document.baseURI),
    key: said("key"),
    knowledgeBase: said("knowledgeBase") || "default",
    isInline: !["start", "end"].includes(said("position")),
    theme: said("theme"),
    isOpen: isOn(said("open"), element.dataset.open !== undefined),
    remembers: isOn(said("remember"), true),
    title: said("title") || words.title,
    greeting: said("greeting") || words.greeting,
    placeholder: said("placeholder") || words.placeholder,
    contact: contactOf(said("contact")),
    suggestions: said("suggestions").split(SEPARATOR).map((text) => text.trim()).filter(Boolean).slice(0, MOST_SUGGESTIONS),
  };
}

const isOn = (text, otherwise) => (text ? !["false", "off", "no", "0"].includes(text) : otherwise);

const pageLanguage = (element) => closest(element, "lang")?.lang || document.documentElement.lang || navigator.language;

// The element may stand in a shadow tree of the page's own.
function closest(element, name) {
  for (let at = element; at; at = at.getRootNode().host) {
    const found = at.closest(`[${name}]:not([${name}=""])`);
    if (found) return found;
  }
  return null;
}

function contactOf(address) {
  if (!address) return null;
  try {
    const url = new URL(address, document.baseURI);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
