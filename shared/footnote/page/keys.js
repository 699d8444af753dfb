// Keys to the API: who may call it, with a new one made, replaced or ended.

import { call, post } from "./api.js";
import { copyButton } from "./copying.js";
import { byId, make } from "./dom.js";
import { plural } from "./figures.js";
import { askForKey, keyInUse } from "./key.js";
import { keyForm } from "./key_form.js";
import { button, say, sureButton, tellFailure } from "./notice.js";

const GRACE_HOURS = 24;
const view = document.querySelector("[data-view=keys]");
const failure = view.querySelector(".failure");
const content = view.querySelector(".content");
const made = make("div", "");
const listed = make("div", "", make("p", "hint loading", "Looking for keys"));

const used = make("p", "hint used");

// What is told once is not left standing.
export const keysView = { open: look, close: () => made.replaceChildren() };

export function bindKeys() {
  content.append(used, made, listed);
  byId("new-key").addEventListener("click", () => {
    const cancel = () => made.replaceChildren();
    made.replaceChildren(keyForm({ done: (key) => showSecret(key, `${key.name} is ready.`), cancel }));
    made.querySelector("input").focus();
  });
}

async function look() {
  tellUsed();
  try {
    const { keys } = await call("v1/keys");
    tellFailure(failure, "");
    listed.replaceChildren(...lists(keys));
  } catch (error) {
    listed.replaceChildren();
    tellFailure(failure, error.message, look);
  }
}

// A key that is too narrow is noticed here: another one can be given without closing the tab.
function tellUsed() {
  const key = keyInUse();
  used.hidden = !key;
  const another = button("Use another", async () => (await askForKey()) && look(), "quiet small");
  used.replaceChildren("This tab uses ", make("code", "", `${key}…`), " ", another);
}

function lists(keys) {
  if (!keys.length) {
    return [make("p", "empty", "There are no keys yet. On your own machine none is needed; a deployment answers nobody without one. Make a publishable one for a web page, or a secret one for a program.")];
  }
  const ended = keys.filter(isEnded);
  const valid = keys.filter((key) => !isEnded(key)).reverse();
  const parts = [make("ul", "keys", ...valid.map(row))];
  if (ended.length) {
    parts.push(make("details", "ended", make("summary", "", `${plural(ended.length, "key")} that ended`), make("ul", "keys", ...ended.map(row))));
  }
  return parts;
}

const isEnded = ({ state }) => state === "revoked" || state === "expired";

function row(key) {
  const kind = make("span", `label ${key.kind === "secret" ? "wait" : "good"}`, key.kind);
  const id = make("code", "", `${key.key_id}…`);
  const name = make("span", "name", key.name);
  name.dir = "auto";
  return make(
    "li",
    `key ${key.state}`,
    make("div", "key-head", name, kind, id),
    make("p", "about-key", facts(key)),
    isEnded(key) ? null : actions(key),
  );
}

function facts(key) {
  const limits = [
    [key.requests_per_minute, "requests a minute"],
    [key.visitor_requests_per_minute, "a minute for each visitor"],
    [key.tokens_per_minute, "tokens a minute"],
  ].filter(([limit]) => limit);
  return [
    key.knowledge_bases.join(", ") || "all knowledge bases",
    ...key.origins,
    ...limits.map(([limit, unit]) => `${limit.toLocaleString()} ${unit}`),
    key.daily_usd && `$${key.daily_usd} a day`,
    stateOf(key),
  ].filter(Boolean).join(" · ");
}

function stateOf({ state, created_at, expires_at, revoked_at }) {
  if (state === "revoked") return `revoked ${day(revoked_at)}`;
  if (state === "expired") return `expired ${day(expires_at)}`;
  if (state === "replaced") return `replaced, good until ${new Date(expires_at).toLocaleString()}`;
  return `made ${day(created_at)}`;
}

const day = (at) => new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });

function actions(key) {
  const address = `v1/keys/${key.key_id}`;
  const rotate = () => post(`${address}/rotate`, { grace_hours: GRACE_HOURS });
  const revoke = () => call(address, { method: "DELETE" });
  const rotating = sureButton("Rotate", "Replace it? The old one is good for a day", (pressed) =>
    act(pressed, async () => showSecret(await rotate(), `${key.name} has a new key; the old one is good for a day.`)),
  );
  const revoking = sureButton("Revoke", "End it at once?", (pressed) => act(pressed, revoke), "delete");
  for (const [element, verb] of [[rotating, "Rotate"], [revoking, "Revoke"]]) {
    element.classList.add("small");
    element.setAttribute("aria-description", `${verb} ${key.name}, ${key.key_id}`);
  }
  return make("div", "actions", key.state === "replaced" ? null : rotating, revoking);
}

async function act(pressed, request) {
  pressed.disabled = true;
  try {
    await request();
    await look();
  } catch (error) {
    pressed.disabled = false;
    tellFailure(failure, error.message);
  }
}

// A page that has this line has the widget.
function scriptTag({ kind, key, knowledge_bases: [first] }) {
  if (kind !== "publishable") return null;
  const source = new URL("../widget.js", import.meta.url).href;
  const line = `<script src="${source}" data-key="${key}" data-knowledge-base="${first}" async></script>`;
  return copyButton("Copy the widget’s line for a page", () => line, "");
}

function showSecret(key, text) {
  const secret = make("code", "secret", key.key);
  secret.dir = "ltr";
  const heading = make("h2", "", text);
  heading.tabIndex = -1;
  made.replaceChildren(
    make(
      "div",
      "told-once",
      heading,
      make("p", "", "Keep it now: it is shown this once, and kept as a hash."),
      secret,
      make("div", "actions", copyButton("Copy key", () => key.key, "primary"), scriptTag(key), button("I have it", () => made.replaceChildren())),
    ),
  );
  heading.focus();
  say(text);
  look();
}
