// The knowledge base in view: chosen in the field above, named in the page's address, remembered.

import { call } from "./api.js";
import { byId, make } from "./dom.js";

const VALID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const STORED = "footnote.knowledge-base";

const inAddress = new URLSearchParams(location.search).get("knowledge_base");
let chosen = inAddress ?? remembered() ?? "footnote";

export const knowledgeBase = () => chosen;

/** Fills the field and calls `changed` whenever another knowledge base is chosen in it. */
export function bindKnowledgeBase(changed) {
  const field = byId("knowledge-base");
  field.value = chosen;
  field.addEventListener("change", () => {
    if (choose(field.value.trim())) changed();
  });
  field.addEventListener("focus", listKnown, { once: true });
}

function choose(name) {
  const valid = VALID.test(name);
  byId("knowledge-base-rule").hidden = valid;
  if (!valid || name === chosen) return false;
  chosen = name;
  localStorage.setItem(STORED, name);
  history.replaceState(null, "", `?knowledge_base=${name}${location.hash}`);
  return true;
}

// Anything may be stored there: other programs have been, and will be, at this address.
function remembered() {
  const name = localStorage.getItem(STORED) ?? "";
  return VALID.test(name) ? name : null;
}

// In OpenAI's form of the API a knowledge base is a model.
async function listKnown() {
  const { data } = await call("v1/models").catch(() => ({ data: [] }));
  const options = data.map(({ id }) => {
    const option = make("option");
    option.value = id;
    return option;
  });
  byId("knowledge-bases").replaceChildren(...options);
}
