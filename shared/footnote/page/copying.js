// A button that puts a text on the clipboard, and says so.

import { button, say } from "./notice.js";

const SHOWN_MS = 1600;

export function copyButton(label, text, className = "quiet small") {
  const element = button(label, async () => {
    const done = await copied(text());
    element.textContent = done ? "Copied" : "Not copied";
    say(element.textContent);
    setTimeout(() => (element.textContent = label), SHOWN_MS);
  }, className);
  return element;
}

// Browsers give the clipboard to secure addresses only; the older way works on the others.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}
