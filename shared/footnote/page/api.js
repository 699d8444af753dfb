// Calls to the API that serves this page.

import { askForKey, keyHeaders } from "./key.js";

// Behind API Gateway everything is below the stage's name; this script is at <base>/page/page.js.
const BASE = new URL("..", import.meta.url);

// The reply as it comes; a key is asked for where one is wanted.
export async function request(path, options = {}) {
  let reply;
  try {
    const headers = { ...options.headers, ...keyHeaders() };
    reply = await fetch(new URL(path, BASE), { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer. Is it still running?");
  }
  return reply.status === 401 && (await askForKey()) ? request(path, options) : reply;
}

export async function call(path, options = {}) {
  const reply = await request(path, options);
  const body = await reply.json().catch(() => null);
  if (!reply.ok) throw new Error(body?.error?.message ?? `The server answered ${reply.status}.`);
  return body;
}

export const post = (path, body) => send("POST", path, body);

export const send = (method, path, body) =>
  call(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
