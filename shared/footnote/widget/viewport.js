// The part of a phone's screen that its keyboard leaves free.

/** Tells the styles of a shadow `root` what can be seen of the screen; the reply ends that. */
export function stayVisible(root) {
  const seen = window.visualViewport;
  if (!seen) return () => {};
  const sheet = new CSSStyleSheet();
  const fit = () => {
    // Who has enlarged the page moves about in it, and would not want it to change under the finger.
    if (seen.scale > 1.01) return;
    sheet.replaceSync(`.panel { --visible-height: ${seen.height}px; --visible-top: ${seen.offsetTop}px; }`);
  };
  for (const name of ["resize", "scroll"]) seen.addEventListener(name, fit);
  root.adoptedStyleSheets.push(sheet);
  fit();
  return () => {
    for (const name of ["resize", "scroll"]) seen.removeEventListener(name, fit);
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
  };
}
