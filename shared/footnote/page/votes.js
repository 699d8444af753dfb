// Whether an answer helped; a thumb down has it among the unanswered questions.

import { post } from "./api.js";
import { make } from "./dom.js";
import { button, say } from "./notice.js";

/** The two buttons under an answer; the last one that was pressed counts. */
export function votes(question) {
  const group = make("span", "votes", make("span", "", "Did it help?"));
  const buttons = ["up", "down"].map((rating) => {
    const element = button(rating === "up" ? "Yes" : "No", () => vote(rating), "quiet small");
    element.setAttribute("aria-label", rating === "up" ? "It helped" : "It did not help");
    element.setAttribute("aria-pressed", "false");
    return [rating, element];
  });
  group.append(...buttons.map(([, element]) => element));

  async function vote(rating) {
    try {
      await post("v1/feedback", { question_id: question, rating });
      for (const [name, element] of buttons) element.setAttribute("aria-pressed", String(name === rating));
      say("Noted.");
    } catch (error) {
      say(error.message);
      group.firstChild.textContent = `Not noted: ${error.message}`;
    }
  }
  return group;
}
