// Calls to the API that serves this page.

// Behind API Gateway everything is below the stage's name; this script is at <base>/page/page.js.
const BASE = new URL("..", import.meta.url);

export async function call(path, options = {}) {
  let reply;
  try {
    reply = await fetch(new URL(path, BASE), options);
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  const body = await reply.json().catch(() => null);
  if (!reply.ok) throw new Error(body?.error?.message ?? `The server answered ${reply.status}.`);
  return body;
}

export const post = (path, body) =>
  call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
