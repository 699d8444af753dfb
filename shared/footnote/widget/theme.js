// Dark or light, as the page is.

const DARKER_THAN = 0.4;
const OPAQUE_COLOUR = /^rgba?\((\d+),? (\d+),? (\d+)(?:[,\s/]+([\d.]+))?\)$/;

/** Keeps `frame` in the scheme of the page around `host`, or in `theme`; the reply ends that. */
export function followScheme(frame, host, theme) {
  if (["light", "dark"].includes(theme)) {
    frame.dataset.scheme = theme;
    return () => {};
  }
  const look = () => (frame.dataset.scheme = schemeAround(host));
  const afterFading = (event) => event.propertyName.startsWith("background") && look();
  const preference = matchMedia("(prefers-color-scheme: dark)");
  const watch = new MutationObserver(look);
  for (const element of [document.documentElement, document.body]) watch.observe(element, { attributes: true });
  preference.addEventListener("change", look);
  document.addEventListener("transitionend", afterFading);
  look();
  return () => {
    watch.disconnect();
    preference.removeEventListener("change", look);
    document.removeEventListener("transitionend", afterFading);
  };
}

// A page that names its schemes is inherited from; one that just is dark is looked at.
function schemeAround(host) {
  const named = getComputedStyle(host).colorScheme;
  return named === "normal" ? (isDark(host.parentElement) ? "dark" : "light") : "page";
}

function isDark(element) {
  for (let at = element; at; at = at.parentElement) {
    const [, red, green, blue, alpha = 1] = getComputedStyle(at).backgroundColor.match(OPAQUE_COLOUR) ?? [];
    // Weights of sRGB's primaries in lightness, from ITU-R BT.709.
    if (red && alpha > 0.5) return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255 < DARKER_THAN;
  }
  return false;
}
