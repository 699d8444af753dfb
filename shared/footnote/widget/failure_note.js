// Why there is no answer, in words, with what can be done about it.

import { make } from "../page/dom.js";
import { textButton } from "./controls.js";
import { duration, fill } from "./words.js";

const FINAL = ["refused", "unfit"];
const SECOND_MS = 1000;

/** The note of a failure; `retry` asks once more. */
export function failureNote(failure, { words, announce }, retry) {
  const text = make("p", "");
  const button = FINAL.includes(failure.kind) ? null : textButton(words.retry, "retry", retry);
  const note = make("div", `failure ${failure.kind}`, text, button);
  if (failure.kind === "busy" && failure.wait) countDown(failure.wait, text, button, words);
  else text.textContent = failure.kind === "busy" ? fill(words.busy, duration(1, words.lang)) : words[failure.kind];
  announce(text.textContent);
  if (failure.kind === "offline") whenOnline(note, () => (text.textContent = words.online));
  return note;
}

function countDown(seconds, text, button, words) {
  const until = Date.now() + seconds * SECOND_MS;
  button.disabled = true;
  const show = () => {
    const left = Math.ceil((until - Date.now()) / SECOND_MS);
    text.textContent = left > 0 ? fill(words.busy, duration(left, words.lang)) : words.busyNow;
    if (left > 0) return;
    button.disabled = false;
    clearInterval(clock);
  };
  const clock = setInterval(show, SECOND_MS);
  show();
}

function whenOnline(note, act) {
  addEventListener("online", () => note.isConnected && act(), { once: true });
}

/** What the site's owner reads in the console: visitors cannot help it. */
export function hintForOwner(failure, { key, knowledgeBase, api }) {
  if (failure.kind === "unreachable") {
    console.warn(`Footnote: ${api.href} did not answer this page. Is that its address, and does it ask for keys?`);
  }
  if (failure.kind !== "refused") return;
  const command = `footnote keys create "help widget" --publishable -k ${knowledgeBase} --origin ${location.origin}`;
  const which = key ? `the key ${key.slice(0, 13)}...` : "this page, which gives no data-key";
  console.error(
    `Footnote: ${api.host} refused ${which} for ${location.origin} and the knowledge base ` +
      `"${knowledgeBase}": ${failure.message}. This makes a key for it: ${command}`,
  );
}
