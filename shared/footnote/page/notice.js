// What went wrong, told where it went wrong, with a way on.

import { byId, make } from "./dom.js";

/** Shows a message with a button that tries again; hides the place where there is no message. */
export function tellFailure(place, message, retry) {
  place.hidden = !message;
  if (!message) return place.replaceChildren();
  place.replaceChildren(make("p", "", message), ...(retry ? [button("Try again", retry, "retry")] : []));
}

/** Tells those who listen rather than look. */
export function say(text) {
  byId("said").textContent = text;
}

export function button(text, press, className) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", () => press(element));
  return element;
}

/** A row of buttons of which one is pressed; `options` are [value, text]. */
export function showChoice(place, options, chosen, choose) {
  const buttons = options.map(([value, text]) => {
    const element = button(text, () => choose(value));
    element.dataset.value = value;
    element.setAttribute("aria-pressed", String(value === chosen));
    return element;
  });
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.value : null;
  place.replaceChildren(...buttons);
  buttons.find((element) => element.dataset.value === focused)?.focus();
}

/** A button that asks once more in place: the second press does it. Labels are read out instead of the texts. */
export function sureButton(text, question, press, className, [label, sureLabel] = []) {
  const element = button(text, () => (element.classList.contains("sure") ? press(element) : ask(true)), className);
  const ask = (sure) => {
    element.classList.toggle("sure", sure);
    element.textContent = sure ? question : text;
    if (label) element.setAttribute("aria-label", sure ? sureLabel : label);
  };
  ask(false);
  element.addEventListener("blur", () => ask(false));
  return element;
}
