// A request as a command line that does the same.

import { keyHeaders } from "./key.js";

const BASE = new URL("..", import.meta.url);

/** `body` as the API was sent it; a key is named, never written out. */
export function curlCommand(path, body) {
  const key = keyHeaders().Authorization ? ` \\\n  -H "Authorization: Bearer $FOOTNOTE_API_KEY"` : "";
  const sent = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  return (
    `curl -s ${quoted(new URL(path, BASE).href)} -H 'content-type: application/json'${key}` +
    ` \\\n  -d ${quoted(JSON.stringify(sent))}`
  );
}

// Within single quotes a shell reads nothing but the next one.
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
