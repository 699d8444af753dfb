// Where the keyboard is, while help is open above a page.

const FOCUSABLE = 'a[href], button:not(:disabled), textarea, summary, [tabindex="0"]';

/** Tab goes round within `element` rather than out of it. */
export function goRound(element, event) {
  if (event.key !== "Tab") return;
  const all = [...element.querySelectorAll(FOCUSABLE)].filter((one) => one.checkVisibility());
  const at = all.indexOf(element.getRootNode().activeElement);
  const isEnd = event.shiftKey ? at <= 0 : at === all.length - 1;
  if (!isEnd || !all.length) return;
  event.preventDefault();
  all.at(event.shiftKey ? -1 : 0).focus();
}

/** The element that has the focus, also where it stands in a shadow tree. */
export function focused() {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
}

/** Shortcuts of the page are not meant by who types into help. */
export function keepKeysIn(element) {
  for (const name of ["keydown", "keyup", "keypress"]) {
    element.addEventListener(name, (event) => event.stopPropagation());
  }
}
