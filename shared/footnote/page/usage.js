// What was asked, what became of it and what it cost: figures, plots, models and budgets.

import { call } from "./api.js";
import { byId, make } from "./dom.js";
import { count, dollars, milliseconds, percent, plural, short } from "./figures.js";
import { knowledgeBase } from "./knowledge_base.js";
import { showChoice, tellFailure } from "./notice.js";
import { plot, tableOf } from "./plots.js";

const HOUR_MS = 3600e3;
const RANGES = [
  ["24h", "24 hours", "hour", 23 * HOUR_MS],
  ["7d", "7 days", "day", 6 * 24 * HOUR_MS],
  ["30d", "30 days", "day", 29 * 24 * HOUR_MS],
  ["90d", "90 days", "day", 89 * 24 * HOUR_MS],
];
const view = document.querySelector("[data-view=usage]");
const failure = view.querySelector(".failure");
const content = view.querySelector(".content");

let range = "30d";
let scope = "one";
let looks = 0;

export const usageView = { open, close: () => (looks += 1) };

function open() {
  showChoice(byId("usage-scope"), [["one", knowledgeBase()], ["all", "All"]], scope, (value) => {
    scope = value;
    open();
  });
  showChoice(byId("usage-range"), RANGES.map(([value, text]) => [value, text]), range, (value) => {
    range = value;
    open();
  });
  look();
}

// Of looks that overlap, the one that began last counts; what was seen stays until then.
async function look() {
  const mine = ++looks;
  content.setAttribute("aria-busy", "true");
  if (!content.hasChildNodes()) content.append(make("p", "hint loading", "Adding up the ledger"));
  try {
    const [, , by, length] = RANGES.find(([value]) => value === range);
    const query = new URLSearchParams({ by, from: `${new Date(Date.now() - length).toISOString().slice(0, 19)}Z` });
    if (scope === "one") query.set("knowledge_base", knowledgeBase());
    const usage = await call(`v1/usage?${query}`);
    if (mine !== looks) return;
    tellFailure(failure, "");
    content.replaceChildren(...parts(usage));
  } catch (error) {
    if (mine !== looks) return;
    content.replaceChildren();
    tellFailure(failure, error.message, look);
  }
  content.setAttribute("aria-busy", "false");
}

function parts(usage) {
  if (!usage.total.questions) return [empty(), ...budgets(usage.budgets)];
  return [tiles(usage.total), make("div", "plots", ...plots(usage)), ...models(usage.models), ...finding(usage.total), ...budgets(usage.budgets)];
}

function empty() {
  const link = make("a", "", "Ask something");
  link.href = "#/ask";
  const where = scope === "one" ? `of ${knowledgeBase()} ` : "";
  return make("p", "empty", `Nothing was asked ${where}in this time. `, link, ", or look at a longer one.");
}

function tiles(total) {
  const rated = total.thumbs_up + total.thumbs_down;
  const unpriced = total.unpriced ? `${plural(total.unpriced, "call")} without a price` : plural(total.calls, "model call");
  return make(
    "dl",
    "tiles",
    tile("Questions", count(total.questions), `${percent(total.answered / total.questions)} answered, ${percent(total.declined / total.questions)} declined`),
    tile("Thumbs down", count(total.thumbs_down), rated ? `of ${plural(rated, "vote")}` : "nobody voted"),
    tile("Median time", milliseconds(total.p50_ms), `95% within ${milliseconds(total.p95_ms)}`),
    tile("Kept answers", total.answered ? percent(total.kept / total.answered) : "–", "told again without a call"),
    tile("Tokens", short(total.input_tokens + total.output_tokens), `${short(total.input_tokens)} read, ${short(total.output_tokens)} written`),
    tile("Cost", dollars(total.cost_usd), unpriced),
  );
}

const tile = (name, value, more) => make("div", "tile", make("dt", "", name), make("dd", "value", value), make("dd", "more", more));

function plots({ parts: times, by, total }) {
  const labels = times.map(({ at }) => label(at, by));
  const of = (field) => times.map((part) => part[field]);
  const found = [
    plot({
      title: "Questions",
      labels,
      format: short,
      isWhole: true,
      about: total.failed ? `${count(total.failed)} failed` : "",
      series: [
        { name: "answered", tone: "one", values: of("answered") },
        { name: "declined", tone: "two", values: of("declined") },
        { name: "failed", tone: "three", values: of("failed") },
      ],
    }),
    plot({
      title: "Time to the whole answer",
      labels,
      format: milliseconds,
      kind: "lines",
      series: [
        { name: "median", tone: "one", values: of("p50_ms") },
        { name: "95% within", tone: "four", values: of("p95_ms") },
      ],
    }),
  ];
  if (!total.calls && !total.cost_usd) return found;
  return [
    ...found,
    plot({ title: "Cost", labels, format: dollars, series: [{ name: "US dollars", tone: "one", values: of("cost_usd") }] }),
    plot({
      title: "Tokens",
      labels,
      format: short,
      series: [
        { name: "read", tone: "four", values: of("input_tokens") },
        { name: "written", tone: "one", values: of("output_tokens") },
      ],
    }),
  ];
}

function label(at, by) {
  const time = new Date(at);
  const day = time.toLocaleDateString(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
  if (by === "day") return day;
  return time.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
}

function models(used) {
  if (!used.length) return [make("p", "hint", "No language model was called: answers were extractive, or kept.")];
  const rows = used.map((use) => [
    [use.model, use.checkpoint, use.shadow && "shadow"].filter(Boolean).join(", "),
    count(use.calls),
    use.not_ok ? percent(use.not_ok / use.calls) : "0%",
    short(use.input_tokens),
    short(use.output_tokens),
    milliseconds(use.p50_ms),
    milliseconds(use.p95_ms),
    use.unpriced ? "unknown" : dollars(use.cost_usd),
  ]);
  const headings = ["Model", "Calls", "Not ok", "Read", "Written", "Median", "95%", "Cost"];
  return [make("section", "block", make("h2", "", "Models"), tableOf("Models", headings, rows))];
}

function finding({ finding_usd: usd }) {
  return usd ? [make("p", "hint", `${dollars(usd)} of the cost embedded questions and reranked passages.`)] : [];
}

function budgets(known) {
  if (!known.length) return [];
  const items = known.map((budget) => {
    const meter = make("meter", "likelihood");
    meter.value = budget.spent_usd / budget.daily_usd;
    meter.setAttribute("aria-label", `Spent of ${budget.name}`);
    const left = `${dollars(budget.left_usd)} of ${dollars(budget.daily_usd)} left`;
    return make("li", "budget", make("p", "line", make("span", "", budget.name), make("span", "value", left)), meter);
  });
  return [make("section", "block", make("h2", "", "Budgets of today"), make("ul", "budgets", ...items))];
}
