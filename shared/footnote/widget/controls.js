// The parts that things are chosen by.

import { make } from "../page/dom.js";
import { icon } from "./icons.js";

/** A button that shows a sign; its label is read out and shown when pointed at. */
export function signButton(name, label, act) {
  const button = make("button", `sign-button ${name}`, icon(name));
  button.type = "button";
  nameButton(button, label);
  button.addEventListener("click", act);
  return button;
}

export function nameButton(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
}

export function textButton(text, className, act) {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

/** A text field that grows with what is typed into it; Enter does `act`, with Shift a new line. */
export function textField(label, act) {
  const field = make("textarea", "");
  field.rows = 1;
  field.setAttribute("aria-label", label);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    act();
  });
  return field;
}
