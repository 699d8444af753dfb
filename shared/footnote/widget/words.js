// What the widget says, in the language of the page.

import { ar } from "./words/ar.js";
import { de } from "./words/de.js";
import { en } from "./words/en.js";
import { es } from "./words/es.js";
import { fr } from "./words/fr.js";
import { he } from "./words/he.js";
import { it } from "./words/it.js";
import { pt } from "./words/pt.js";

const LANGUAGES = { ar, de, en, es, fr, he, it, pt };

/** The words for a tag such as `de-CH`; English where the language is not known. */
export function wordsFor(tag) {
  const name = String(tag).toLowerCase().split(/[-_]/)[0];
  const lang = Object.hasOwn(LANGUAGES, name) ? name : "en";
  return { ...LANGUAGES.en, ...LANGUAGES[lang], lang, rtl: ["ar", "he"].includes(lang) };
}

export const fill = (text, value) => text.replace("{}", () => String(value));

const STEPS = [["second", 1, 90], ["minute", 60, 5400], ["hour", 3600, Infinity]];

/** A time such as "12 seconds", in the language of the words. */
export function duration(seconds, lang) {
  const [unit, size] = STEPS.find(([, , below]) => seconds < below);
  const form = new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" });
  return form.format(Math.max(1, Math.ceil(seconds / size)));
}
