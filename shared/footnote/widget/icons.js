// The widget's signs, drawn by paths: nothing is loaded for them.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  mark: ["M5.5 4h13A2.5 2.5 0 0 1 21 6.5v8a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-2A2.5 2.5 0 0 1 3 14.5v-8A2.5 2.5 0 0 1 5.5 4z", "M7.5 9h5.5M7.5 12.5h8", "M15.7 8.2 17 7.4v3"],
  close: ["M6.5 6.5l11 11M17.5 6.5l-11 11"],
  again: ["M4 20h4L19 9a2.1 2.1 0 0 0-3-3L5 17l-1 3z", "M14.5 7.5l3 3"],
  ask: ["M12 19V5.5M6 11l6-6 6 6"],
  stop: ["M7.5 7.5h9v9h-9z"],
  copy: ["M9 9h10v11H9z", "M15 9V5H5v11h4"],
  done: ["M5 12.5l4.5 4.5L19 7.5"],
  up: ["M7.5 11v9H4.5v-9zM7.5 11l4-7.5c1.6 0 2.5 1.2 2.2 2.7L13 10h5.3a1.9 1.9 0 0 1 1.9 2.3l-1.2 6a2.1 2.1 0 0 1-2 1.7H7.5"],
  down: ["M16.5 13V4h3v9zM16.5 13l-4 7.5c-1.6 0-2.5-1.2-2.2-2.7L11 14H5.7a1.9 1.9 0 0 1-1.9-2.3l1.2-6A2.1 2.1 0 0 1 7 4h9.5"],
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
