// What a new key is to permit.

import { post } from "./api.js";
import { make, show } from "./dom.js";
import { knowledgeBase } from "./knowledge_base.js";
import { button } from "./notice.js";

const LIMITS = [
  ["requests_per_minute", "Requests a minute", "1"],
  ["visitor_requests_per_minute", "Requests a minute of each visitor", "1"],
  ["tokens_per_minute", "Tokens a minute", "1"],
  ["daily_usd", "US dollars a day", "0.01"],
];

/** `done` is called with the key that was made, `cancel` where there is to be none. */
export function keyForm({ done, cancel }) {
  const form = make("form", "key-form");
  const failure = make("p", "failure", "");
  failure.setAttribute("role", "alert");
  failure.hidden = true;
  const submit = make("button", "primary", "Make the key");
  const kinds = make("fieldset", "kinds", make("legend", "", "Kind"), kind("publishable", "Publishable", "for web pages: ask, search and feedback", true), kind("secret", "Secret", "for servers: everything", false));
  form.append(
    field("name", "What is it for?", { placeholder: "help widget", required: true, maxLength: 200, dir: "auto" }),
    kinds,
    field("knowledge_bases", "Knowledge bases", { value: knowledgeBase() }, "Separated by commas. A secret key that names none reaches all."),
    field("origins", "Sites whose pages may use it", { placeholder: "https://www.example.com" }, "Separated by commas. None named: pages of any site."),
    make("details", "options", make("summary", "", "Limits"), make("div", "limit-fields", ...LIMITS.map(([name, text, step]) => field(name, text, { type: "number", min: step, step, placeholder: "none" })))),
    failure,
    make("div", "actions", submit, button("Cancel", cancel)),
  );
  form.elements.visitor_requests_per_minute.placeholder = "20";
  form.addEventListener("change", () => {
    const isSecret = form.elements.kind.value === "secret";
    form.elements.visitor_requests_per_minute.placeholder = isSecret ? "none" : "20";
    form.elements.origins.closest(".form-field").hidden = isSecret;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    show(failure, "");
    try {
      done(await post("v1/keys", wanted(form)));
    } catch (error) {
      show(failure, error.message);
    }
    submit.disabled = false;
  });
  return form;
}

function wanted(form) {
  const text = (name) => form.elements[name].value.trim();
  const list = (name) => text(name).split(",").map((part) => part.trim()).filter(Boolean);
  const isSecret = text("kind") === "secret";
  const limits = LIMITS.map(([name]) => [name, text(name)]).filter(([, value]) => value);
  return {
    name: text("name"),
    kind: text("kind"),
    knowledge_bases: list("knowledge_bases"),
    origins: isSecret ? [] : list("origins").map((origin) => origin.replace(/\/$/, "")),
    ...Object.fromEntries(limits.map(([name, value]) => [name, Number(value)])),
  };
}

function field(name, text, properties, rule) {
  const input = Object.assign(make("input"), { name, id: `key-${name}`, autocomplete: "off", ...properties });
  const label = make("label", "", text);
  label.htmlFor = input.id;
  const hint = rule ? make("p", "hint", rule) : null;
  if (hint) {
    hint.id = `${input.id}-rule`;
    input.setAttribute("aria-describedby", hint.id);
  }
  return make("div", "form-field", label, input, hint);
}

function kind(value, name, about, checked) {
  const input = Object.assign(make("input"), { type: "radio", name: "kind", value, checked });
  return make("label", "kind", input, make("span", "", make("strong", "", name), ` ${about}`));
}
