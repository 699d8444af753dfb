// The key that the API wants where it is deployed: asked for once, kept until the tab is closed.

const STORED = "footnote-key";
const dialog = document.getElementById("key-dialog");
const field = document.getElementById("key");
let asking = null;

export function keyHeaders() {
  const key = sessionStorage.getItem(STORED);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/** The readable part of the key that this tab uses; empty where it uses none. */
export const keyInUse = () => (sessionStorage.getItem(STORED) ?? "").split("_").slice(0, 2).join("_");

// Whether somebody gave a key. Calls that fail at the same moment ask once.
export function askForKey() {
  asking ??= new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => resolve(kept()), { once: true });
  }).finally(() => (asking = null));
  return asking;
}

function kept() {
  const key = field.value.trim();
  field.value = "";
  if (dialog.returnValue !== "use" || !key) return false;
  sessionStorage.setItem(STORED, key);
  return true;
}
