// Making and filling elements. What is shown is inserted as text, never as HTML: documents and
// answers are not trusted.

export const byId = (id) => document.getElementById(id);

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function show(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

export function headingPath(place) {
  const path = (place.heading_path ?? []).filter((heading) => heading !== place.title);
  return path.length ? make("p", "path", path.join(" › ")) : null;
}

const FENCED = /(^(?:`{3}|~{3})[^]*?(?:^(?:`{3}|~{3})[ \t]*$|$(?![^])))/m;
const BROKEN_LINE = /([^\s|`])[ \t]*\n[ \t]*(?!\s*(?:[-*+•|#>]|\d{1,3}[.)]|`{3}|~{3}|\n|$))/g;

/** A document's text with the lines joined that its author's editor broke; code and lists stay. */
export function unwrapped(text) {
  // An odd part is a block of code.
  const parts = text.split(FENCED);
  return parts.map((part, at) => (at % 2 ? part : part.replace(BROKEN_LINE, "$1 "))).join("");
}
