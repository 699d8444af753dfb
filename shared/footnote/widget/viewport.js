// The part of a phone's screen that its keyboard leaves free.

/** Keeps `dialog` in what can be seen of the screen; the reply ends that. */
export function stayVisible(dialog) {
  const seen = window.visualViewport;
  if (!seen) return () => {};
  const fit = () => {
    // Who has enlarged the page moves about in it, and would not want it to change under the finger.
    if (seen.scale > 1.01) return;
    dialog.style.setProperty("--visible-height", `${seen.height}px`);
    dialog.style.setProperty("--visible-top", `${seen.offsetTop}px`);
  };
  for (const name of ["resize", "scroll"]) seen.addEventListener(name, fit);
  fit();
  return () => {
    for (const name of ["resize", "scroll"]) seen.removeEventListener(name, fit);
  };
}
