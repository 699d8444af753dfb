// The events of an answer that is being written.

import { request } from "./api.js";

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
  for await (const [name, content] of read(reply.body)) {
    if (name === "error") throw new Error(content.error.message);
    yield [name, content];
    if (name === "done") return;
  }
  throw new Error("The answer broke off. Ask again.");
}

async function* read(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (let part = await next(reader); part !== null; part = await next(reader)) {
      const parts = (text + part).split("\n\n");
      text = parts.pop();
      yield* parts.map(event);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function next(reader) {
  try {
    const { done, value } = await reader.read();
    return done ? null : value;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The answer broke off. Ask again.");
  }
}

function event(text) {
  const [name, data] = text.split("\n");
  return [name.slice("event: ".length), JSON.parse(data.slice("data: ".length))];
}
