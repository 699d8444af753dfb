// A conversation, kept in the tab while its visitor goes from page to page.

const MOST_TURNS = 20;

export class Memory {
  #name;

  /** Without a name nothing is kept. */
  constructor(name) {
    this.#name = name;
  }

  /** What was kept, or {}; another script of the page may have written anything. */
  read() {
    try {
      const kept = this.#name && JSON.parse(sessionStorage.getItem(this.#name));
      return kept && typeof kept === "object" ? kept : {};
    } catch {
      return {};
    }
  }

  /** A page may have no storage, or a full one: then the conversation ends with the page. */
  write(changes) {
    if (!this.#name) return;
    const kept = { ...this.read(), ...changes };
    if (changes.turns) kept.turns = changes.turns.slice(-MOST_TURNS);
    try {
      sessionStorage.setItem(this.#name, JSON.stringify(kept));
    } catch {
      return;
    }
  }
}

/** A name for each key and knowledge base at each API: scripts do not read each other's. */
export const memoryName = ({ api, key, knowledgeBase }) => ["footnote", api.href, key, knowledgeBase].join(" ");
