"""How well text stands out from what it stands on, measured as WCAG does, for every text there is.

axe looks at what is in view only; a conversation is longer than its panel.
"""

from playwright.sync_api import Page

_MEASURE = """(selector) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const pixel = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const lightness = (rgb) => {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = rgb.map((value) => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const found = [];
    for (let at = element; at; at = at.parentElement) {
      found.unshift(getComputedStyle(at).backgroundColor);
    }
    return ["white", ...found];
  };
  const root = document.querySelector(selector).shadowRoot;
  const texts = [...root.querySelectorAll("*")].filter((one) => one.checkVisibility()
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return texts.filter((one) => !one.closest(".unseen, :disabled")).map((one) => {
    const grounds = behind(one);
    const text = [...grounds, getComputedStyle(one).color];
    const [a, b] = [pixel(text), pixel(grounds)].map(lightness);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return [one.className || one.localName, Math.round(ratio * 100) / 100];
  });
}"""


def contrasts(page: Page, host: str) -> dict[str, float]:
    """The lowest ratio of each kind of text in the shadow tree of `host`."""
    lowest: dict[str, float] = {}
    for name, ratio in page.evaluate(_MEASURE, host):
        lowest[name] = min(ratio, lowest.get(name, ratio))
    return lowest
