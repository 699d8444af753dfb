// An answer's text as elements: paragraphs, lists, code, bold, and the markers of its sources.

import { make } from "./dom.js";

const FENCE = /^(`{3,}|~{3,})/;
const ITEM = /^\s*(?:[-*+•]|(\d{1,3})[.)])\s+(.*)$/;
const INLINE = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*)|(?<= |^)(\[\d+\])/;

/** The blocks of a text; `marker` makes the element of a source's number, or null where it is none. */
export function blocksOf(text, marker) {
  const blocks = [];
  const lines = text.split("\n");
  let paragraph = null;
  while (lines.length) {
    const line = lines.shift();
    const fence = line.match(FENCE)?.[1];
    const item = line.match(ITEM);
    if (fence || item || !line.trim()) paragraph = null;
    if (fence) blocks.push(codeBlock(lines, fence));
    else if (item) listFor(item, blocks).append(make("li", "", ...inline(item[2], marker)));
    else if (line.trim()) {
      if (paragraph) paragraph.append("\n");
      else blocks.push((paragraph = make("p", "")));
      paragraph.append(...inline(line, marker));
    }
  }
  return blocks;
}

function codeBlock(lines, fence) {
  const code = [];
  while (lines.length && !lines[0].startsWith(fence)) code.push(lines.shift());
  lines.shift();
  return make("pre", "", make("code", "", code.join("\n")));
}

function listFor([, number], blocks) {
  const tag = number ? "OL" : "UL";
  if (blocks.at(-1)?.tagName !== tag) {
    const list = make(tag, "");
    if (number) list.start = Number(number);
    blocks.push(list);
  }
  return blocks.at(-1);
}

function inline(text, marker) {
  return text.split(INLINE).filter(Boolean).map((part) => {
    if (/^`[^`]+`$/.test(part)) return make("code", "", part.slice(1, -1));
    if (/^\*\*[^*]+\*\*$/.test(part)) return make("strong", "", part.slice(2, -2));
    return /^\[\d+\]$/.test(part) ? marker(part.slice(1, -1)) ?? part : part;
  });
}
