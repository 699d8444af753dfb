"""The widget for whoever it is: by keyboard, enlarged, in the dark, from right to left."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.contrast import contrasts
from tests.browser.widget_talk import CITATION, DECLINE, Talk

pytestmark = pytest.mark.browser
ENOUGH = 4.5  # WCAG 2.2, 1.4.3
COMMAND = "footnote up --port 8080 --data-dir here --no-sample --keys"
LONG = (
    f"Kept for **thirty** days. [1]\n\n- Press `Restore`. [2]\n- Wait. [2]\n\n```\n{COMMAND}\n```"
)
LOOSE = CITATION | {"marker": 2, "status": "unverified", "title": "Another guide", "page": None}
DARK_PAGE = "body { background: #12151a; color: #eee }"


@pytest.fixture
def talk(talk: Talk) -> Talk:
    # What fades in is looked at by axe as it is at that moment.
    talk.page.emulate_media(reduced_motion="reduce")
    return talk


def told_at_length(talk: Talk) -> None:
    """One turn of every kind, with a source and the form for a correction open."""
    talk.ask("How long, and how?")
    talk.tell("passages", passages=[], conversation_id="c1", question="How long? (backups)")
    talk.done(answer=LONG, citations=[CITATION, LOOSE])
    talk.turn.get_by_role("button", name="1", exact=False).first.click()
    talk.turn.locator(".sign-button.down").click()
    talk.turn.locator(".correction textarea").wait_for()
    talk.ask("What else?")
    talk.done(**DECLINE)
    talk.page.evaluate("window.refusals.push([500, 'x', {}])")
    talk.ask("And then?")
    talk.turn.locator(".failure").wait_for()
    talk.ask("And now?")
    talk.tell("token", sentence=0, text="Kept for")
    talk.turn.locator(".unchecked").wait_for()


@pytest.mark.parametrize(
    ("html", "style"),
    [('lang="en"', ""), ('lang="de"', DARK_PAGE), ('lang="he" dir="rtl"', "")],
    ids=["light", "dark", "right to left"],
)
def test_axe_finds_nothing_in_any_state(talk: Talk, html: str, style: str) -> None:
    talk.visit(html=html, style=style, suggestions="How long?", contact="/contact")
    assert violations(talk.page, "footnote-widget") == []
    talk.open()
    assert violations(talk.page, "footnote-widget") == []
    measured = contrasts(talk.page, "footnote-widget")
    told_at_length(talk)
    assert violations(talk.page, "footnote-widget") == []
    measured |= contrasts(talk.page, "footnote-widget")
    assert len(measured) >= 25
    assert {name: ratio for name, ratio in measured.items() if ratio < ENOUGH} == {}


def test_everything_can_be_done_by_keyboard_alone(talk: Talk) -> None:
    talk.visit()
    keys = talk.page.keyboard
    keys.press("Tab")
    assert talk.focused() == "link"
    keys.press("Tab")
    assert talk.focused() == "launcher"
    keys.press("Enter")
    expect(talk.field).to_be_focused()
    keys.type("How long?")
    keys.press("Enter")
    talk.done()
    seen = []
    for _ in range(12):
        keys.press("Shift+Tab")
        seen.append(talk.focused())
        if seen[-1] == "marker":
            break
    assert seen[0:3] == ["sign-button down", "sign-button up", "sign-button copy"]
    keys.press("Enter")
    assert talk.focused() == "SUMMARY"
    expect(talk.turn.locator(".citation")).to_have_attribute("open", "")
    keys.press("Escape")
    expect(talk.launcher).to_be_focused()
    expect(talk.panel).to_be_hidden()


def test_the_keyboard_goes_round_in_what_is_open_and_back_to_where_it_was(talk: Talk) -> None:
    talk.visit(
        body="<button id='own' onclick='document.querySelector(\"footnote-widget\").open()'>"
    )
    talk.page.locator("#own").focus()
    talk.page.keyboard.press("Enter")
    expect(talk.field).to_be_focused()
    seen = set()
    for _ in range(9):
        talk.page.keyboard.press("Tab")
        seen.add(talk.focused())
    assert seen == {"conversation", "sign-button close", "TEXTAREA"}
    talk.page.keyboard.press("Escape")
    expect(talk.page.locator("#own")).to_be_focused()


def test_shortcuts_of_the_page_do_not_hear_what_is_typed_into_help(talk: Talk) -> None:
    talk.visit().open()
    talk.page.evaluate("window.heard = 0; addEventListener('keydown', () => (window.heard += 1))")
    talk.field.press_sequentially("s/k?")
    assert talk.page.evaluate("window.heard") == 0


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256), (1280, 400)])
def test_nothing_is_cut_off_on_a_small_or_enlarged_screen(
    talk: Talk, width: int, height: int
) -> None:
    """320 by 256 is a screen of 1280 by 1024, enlarged four times."""
    talk.page.set_viewport_size({"width": width, "height": height})
    talk.visit(suggestions="A question that is long enough to need more than one line?").open()
    told_at_length(talk)
    wide = talk.page.evaluate(
        """() => {
          const root = document.querySelector("footnote-widget").shadowRoot;
          const all = [...root.querySelectorAll(".frame, .frame *:not(pre, pre *, .unseen)")];
          const shown = all.filter((one) => one.checkVisibility() && one.getClientRects().length);
          return shown.filter((one) => {
            const { left, right } = one.getBoundingClientRect();
            return left < -1 || right > innerWidth + 1;
          }).map((one) => one.className || one.tagName);
        }"""
    )
    assert wide == []
    assert talk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for target in talk.widget.locator("button:visible, summary:visible").all():
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box
        pad = 24 if "marker" in (target.get_attribute("class") or "") else box["height"]
        assert max(box["height"], pad) >= 24
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_what_a_phones_keyboard_covers_is_left_free(talk: Talk) -> None:
    talk.page.add_init_script(
        """const seen = Object.assign(new EventTarget(), { scale: 1, height: 640, offsetTop: 0 });
        Object.defineProperty(window, "visualViewport", { value: seen });"""
    )
    talk.page.set_viewport_size({"width": 360, "height": 640})
    talk.visit().open()
    talk.page.evaluate(
        """Object.assign(visualViewport, { height: 350, offsetTop: 40 });
        visualViewport.dispatchEvent(new Event("resize"))"""
    )
    box = talk.panel.bounding_box()
    assert box
    assert (box["y"], box["height"]) == (40, 350)


@pytest.mark.parametrize(
    ("html", "data", "direction", "words"),
    [
        ('lang="ar" dir="rtl"', {}, "rtl", "المساعدة"),
        ('lang="he"', {}, "rtl", "עזרה"),
        ('lang="de-CH"', {}, "ltr", "Hilfe"),
        ('lang="xx"', {}, "ltr", "Help"),
        ("", {}, "ltr", "Help"),
        ('lang="en"', {"lang": "fr"}, "ltr", "Aide"),
    ],
)
def test_language_and_direction_are_those_of_the_page(
    talk: Talk, html: str, data: dict[str, str], direction: str, words: str
) -> None:
    talk.visit(html=html, **data)
    expect(talk.launcher).to_have_text(words)
    talk.open()
    frame = talk.widget.locator(".frame")
    assert frame.evaluate("one => getComputedStyle(one).direction") == direction
    box = talk.panel.bounding_box()
    assert box
    assert (box["x"] < 100) == (direction == "rtl")
    talk.ask()
    talk.done()
    assert (
        talk.turn.locator(".answer-text p").evaluate("one => getComputedStyle(one).direction")
        == "ltr"
    )


SURFACE = "one => getComputedStyle(one).backgroundColor"
WHITE, BLACK = "rgb(255, 255, 255)", "rgb(27, 30, 33)"


@pytest.mark.parametrize(
    ("style", "prefers", "data", "surface"),
    [
        ("", "dark", {}, WHITE),
        (DARK_PAGE, "light", {}, BLACK),
        (":root { color-scheme: light dark }", "dark", {}, BLACK),
        (":root { color-scheme: light dark }", "light", {}, WHITE),
        (":root { color-scheme: dark }", "light", {}, BLACK),
        (DARK_PAGE, "dark", {"theme": "light"}, WHITE),
        ("", "light", {"theme": "dark"}, BLACK),
        (":root { --footnote-surface: rgb(1, 2, 3) }", "light", {}, "rgb(1, 2, 3)"),
    ],
)
def test_colours_are_those_of_the_page(
    talk: Talk, style: str, prefers: str, data: dict[str, str], surface: str
) -> None:
    talk.page.emulate_media(color_scheme="dark" if prefers == "dark" else "light")
    talk.visit(style=style, **data).open()
    assert talk.panel.evaluate(SURFACE) == surface


def test_a_page_that_turns_dark_takes_the_widget_with_it(talk: Talk) -> None:
    talk.visit(style="body.dark { background: #000 }").open()
    assert talk.panel.evaluate(SURFACE) == WHITE
    talk.page.evaluate("document.body.className = 'dark'")
    expect(talk.widget.locator(".widget")).to_have_attribute("data-scheme", "dark")
    assert talk.panel.evaluate(SURFACE) == BLACK


def test_what_the_page_does_to_its_own_elements_does_not_reach_the_widget(talk: Talk) -> None:
    style = "* { font-size: 40px; color: red } button, textarea { display: none !important }"
    talk.visit(style=style).open()
    expect(talk.field).to_be_visible()
    assert talk.field.evaluate("one => getComputedStyle(one).fontSize") == "15px"


def test_a_page_with_a_strict_policy_needs_to_allow_two_things_only(talk: Talk) -> None:
    talk.site.policy = (
        f"default-src 'none'; script-src {talk.api.origin}; connect-src {talk.api.origin}"
    )
    talk.visit().open().ask()
    talk.done()
    expect(talk.turn.locator(".answer-text")).to_have_text("Kept for thirty days. 1")
    assert talk.panel.evaluate(SURFACE) == WHITE


@pytest.mark.parametrize(
    ("html", "side"), [('lang="en"', "right"), ('lang="he" dir="rtl"', "left")]
)
def test_a_quote_begins_below_its_title_and_has_the_line_to_itself(
    talk: Talk, html: str, side: str
) -> None:
    talk.visit(html=html).open().ask()
    talk.done(citations=[CITATION | {"quote": "Backups are kept. " * 20}])
    ends = [
        talk.turn.locator(part).evaluate(f"one => one.getBoundingClientRect().{side}")
        for part in (".preview", ".page")
    ]
    assert ends[0] == pytest.approx(ends[1])


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_who_does_not_want_it(talk: Talk, motion: str) -> None:
    talk.page.emulate_media(reduced_motion="reduce" if motion == "reduce" else "no-preference")
    talk.visit().open().ask()
    moving = talk.turn.locator(".dots i").first.evaluate("one => one.getAnimations().length")
    assert moving == (0 if motion == "reduce" else 1)
