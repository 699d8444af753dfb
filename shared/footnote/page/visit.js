// What was uploaded on this visit, by key: first on its way into the bucket, then as the API tells.

import { call } from "./api.js";
import { isUnfinished } from "./document_row.js";

const LOOKED_UP_AT_ONCE = 10;

const added = new Map();

export const ofThisVisit = () => [...added.values()].reverse();

export const startVisit = () => added.clear();

export const noteDeleted = (key) => added.delete(key);

/** `upload` has the fields of a document, and `awaits` until the API tells of its version. */
export function noteUpload(upload) {
  added.delete(upload.key);
  added.set(upload.key, upload);
}

/** Where a file is now; without an effect where it was uploaded once more meanwhile. */
export function noteProgress(upload, change) {
  if (added.get(upload.key)?.upload === upload.upload) added.set(upload.key, { ...upload, ...change });
}

/** Takes over what the list tells; asks for those that it leaves open or, where not `whole`, out. */
export async function noteListed(documents, whole) {
  const listed = new Map(documents.map((stored) => [stored.key, stored]));
  const open = [];
  for (const [key, mine] of added) {
    const stored = listed.get(key);
    if (stored && (!mine.upload || isNews(mine, stored))) added.set(key, stored);
    else if (isWaiting(mine) && (stored || !whole)) open.push(mine);
  }
  await Promise.all(open.slice(0, LOOKED_UP_AT_ONCE).map(lookUp));
}

const isWaiting = ({ status }) => status !== "uploading" && isUnfinished(status);
const isNews = (mine, stored) => mine.awaits !== undefined && (!mine.awaits || mine.awaits === stored.version_id);

async function lookUp(mine) {
  const version = mine.awaits ?? mine.version_id ?? "";
  const query = new URLSearchParams({ key: mine.key, version_id: version, timeout_s: 0 });
  const stored = await call(`v1/documents/await?${query}`).catch(() => null);
  const told = stored && (stored.overtaken || !version || stored.version_id === version);
  if (told && added.get(mine.key) === mine) added.set(mine.key, stored);
}
