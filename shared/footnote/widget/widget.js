// The one script of a page that wants help in it: defines the element, and adds it where wanted.

import { FootnoteWidget } from "./element.js";

const TAG = "footnote-widget";
// Only while a script is read for the first time does it know which one it is.
const script = document.currentScript;

FootnoteWidget.scriptBase = new URL(".", script?.src ?? document.baseURI).href;
// A second script on a page uses the element of the first, with attributes of its own.
if (!customElements.get(TAG)) customElements.define(TAG, FootnoteWidget);
if (script?.dataset.key !== undefined && script.dataset.position !== "none") whenReady(add);

function add() {
  const element = document.createElement(TAG);
  element.dataset.position = "end";
  element.dataset.api = FootnoteWidget.scriptBase;
  Object.assign(element.dataset, script.dataset);
  if (!isThereAlready(element)) document.body.append(element);
}

// A framework that swaps the page's body reads the scripts in it again.
function isThereAlready(element) {
  const attributes = JSON.stringify(element.dataset);
  return [...document.querySelectorAll(TAG)].some((other) => JSON.stringify(other.dataset) === attributes);
}

function whenReady(act) {
  if (document.body && document.readyState !== "loading") act();
  else document.addEventListener("DOMContentLoaded", act, { once: true });
}
