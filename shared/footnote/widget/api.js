// Calls to the API with the key of the page, and what may come of them instead of a reply.

import { eventsOf, StreamError } from "../page/event_stream.js";

const KINDS = { 400: "unfit", 401: "refused", 403: "refused", 413: "unfit", 422: "unfit", 429: "busy" };
const CODES = { broken_off: "broken", rate_limited: "busy" };

/** Why there is no answer; `kind` names the words for it, `wait` the seconds until it may go on. */
export class Failure extends Error {
  constructor(kind, message = kind, wait = 0) {
    super(message);
    this.kind = kind;
    this.wait = wait;
  }
}

export class Api {
  #base;
  #key;

  constructor(base, key) {
    this.#base = base;
    this.#key = key;
  }

  /** Yields [name, content] of each event of an answer; throws a Failure. */
  async *ask(body, signal) {
    try {
      yield* eventsOf(await this.#post("v1/ask/stream", body, signal));
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      const kind = CODES[error.code] ?? "failed";
      throw new Failure(kind === "broken" && !navigator.onLine ? "offline" : kind, error.message);
    }
  }

  async giveFeedback(body) {
    const reply = await this.#post("v1/feedback", body);
    await reply.text(); // what nobody reads keeps its connection
  }

  async #post(path, body, signal) {
    if (!navigator.onLine) throw new Failure("offline");
    const headers = { "Content-Type": "application/json" };
    if (this.#key) headers.Authorization = `Bearer ${this.#key}`;
    const options = { method: "POST", headers, body: JSON.stringify(body), signal };
    // No cookie of the API's address is any business of a page.
    const reply = await fetch(new URL(path, this.#base), { ...options, credentials: "omit" }).catch(unreachable);
    if (reply.ok) return reply;
    const told = (await reply.json().catch(() => null))?.error?.message ?? `status ${reply.status}`;
    const wait = Number(reply.headers.get("Retry-After")) || 0;
    throw new Failure(KINDS[reply.status] ?? "failed", told, wait);
  }
}

function unreachable(error) {
  if (error.name === "AbortError") throw error;
  throw new Failure(navigator.onLine ? "unreachable" : "offline", error.message);
}
