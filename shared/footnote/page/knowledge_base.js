// The knowledge base in view: chosen in the field above, named in the page's address, remembered.

import { byId, make } from "./dom.js";

const VALID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const STORED = "footnote.knowledge-bases";

const known = new Set(["footnote", "default", ...remembered()]);
let chosen = new URLSearchParams(location.search).get("knowledge_base") ?? "footnote";

export const knowledgeBase = () => chosen;

/** Fills the field and calls `changed` whenever another knowledge base is chosen in it. */
export function bindKnowledgeBase(changed) {
  const field = byId("knowledge-base");
  field.value = chosen;
  field.addEventListener("change", () => {
    if (choose(field.value.trim())) changed();
  });
  listKnown();
}

function choose(name) {
  const valid = VALID.test(name);
  byId("knowledge-base-rule").hidden = valid;
  if (!valid || name === chosen) return false;
  chosen = name;
  known.add(name);
  localStorage.setItem(STORED, JSON.stringify([...known]));
  history.replaceState(null, "", `?knowledge_base=${name}`);
  listKnown();
  return true;
}

// Anything may be stored there: other programs have been, and will be, at this address.
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "[]").filter((name) => VALID.test(name));
  } catch {
    return [];
  }
}

function listKnown() {
  const options = [...known].sort().map((name) => {
    const option = make("option");
    option.value = name;
    return option;
  });
  byId("knowledge-bases").replaceChildren(...options);
}
