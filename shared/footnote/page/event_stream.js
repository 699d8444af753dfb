// Server-sent events of a reply, as they arrive.

/** Why a stream ended without an answer; `code` is that of the API, or `broken_off`. */
export class StreamError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** Yields [name, content] of each event; a stream ends with `done`, or throws. */
export async function* eventsOf(reply) {
  for await (const [name, content] of read(reply.body)) {
    if (name === "error") throw new StreamError(content.error.message, content.error.code);
    yield [name, content];
    if (name === "done") return;
  }
  throw brokenOff();
}

const brokenOff = () => new StreamError("The answer broke off. Ask again.", "broken_off");

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
    throw brokenOff();
  }
}

function event(text) {
  const [name, data] = text.split("\n");
  return [name.slice("event: ".length), JSON.parse(data.slice("data: ".length))];
}
