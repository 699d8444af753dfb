// The events of an answer that is being written.

import { request } from "./api.js";
import { eventsOf } from "./event_stream.js";

/** Yields [name, content] of each server-sent event; a stream ends with `done`, or throws. */
export async function* events(path, body, signal) {
  const reply = await request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!reply.ok) {
    const told = await reply.json().catch(() => null);
    throw new Error(told?.error?.message ?? `The server answered ${reply.status}.`);
  }
  yield* eventsOf(reply);
}
