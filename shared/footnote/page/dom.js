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

/** A document's text with the lines joined that its author's editor broke; lists and tables stay. */
export function unwrapped(text) {
  return text.replace(/([^\s|`])[ \t]*\n(?!\s*(?:[-*+•|#>]|\d{1,3}[.)]|`{3}|~{3}|\n))/g, "$1 ");
}
