"""Hands that never touch a mouse: Tab, Space, Enter and arrows."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.visitor import Visitor
from tests.families import Answers

MOST = 120  # tab stops of a page
MAIN_BUTTON = ".kb-actions button.kb-button, .kb-actions a.kb-button"


class Keyboard:
    """The keyboard of a visitor."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is on what `selector` matches."""
        for _ in range(MOST):
            if self._focused(selector):
                return
            self._visitor.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {selector} on {self._visitor.page.url}")

    def skip(self) -> None:
        """The first Tab of a page and Enter lead past all that stands around it."""
        self._visitor.page.keyboard.press("Tab")
        self._visitor.page.keyboard.press("Enter")
        assert self._focused("main"), f"no skip link on {self._visitor.page.url}"

    def enter(self, selector: str = MAIN_BUTTON) -> None:
        """Go to a link or button and press Enter; wait for the page it leads to."""
        self.tab_to(selector)
        with self._visitor.page.expect_navigation():
            self._visitor.page.keyboard.press("Enter")

    def type(self, selector: str, text: str) -> None:
        """Go to a text box and write."""
        self.tab_to(selector)
        self._visitor.page.keyboard.press("Control+A")
        self._visitor.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Choose a radio: Space takes the first, arrows go on."""
        page = self._visitor.page
        self.tab_to(f"input[type=radio][name={name}]")
        page.keyboard.press("Space")
        for _ in range(page.locator(f"input[name={name}]").count()):
            if self._focused(f"[value='{value}']"):
                assert page.locator(f"input[name={name}][value='{value}']").is_checked()
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"arrows never reach {value} of {name}")

    def tick(self, name: str, value: str) -> None:
        """Tick a box."""
        self.tab_to(f"input[type=checkbox][name={name}][value='{value}']")
        self._visitor.page.keyboard.press("Space")

    def answer(self, answers: Answers) -> None:
        """Answer the questions of a page, in their order, each in the way of its input."""
        for name, value in answers.items():
            kind = self._visitor.page.locator(f"[name={name}]").first.get_attribute("type")
            for item in [value] if isinstance(value, str) else value:
                if kind == "radio":
                    self.choose(name, item)
                elif kind == "checkbox":
                    self.tick(name, item)
                else:
                    self.type(f"[name={name}]", item)

    def go_through(self, pages: Mapping[str, Answers], until: str = "check") -> list[str]:
        """Answer page after page until the one named `until`; the names of the pages that were asked."""
        asked: list[str] = []
        while (name := self._visitor.path.rsplit("/", 1)[1]) != until:
            asked.append(name)
            self.skip()
            self.answer(pages.get(name, {}))
            self.enter()
            assert self._visitor.status == 200, self._visitor.page.inner_text("main")
        return asked

    def _focused(self, selector: str) -> bool:
        return bool(
            self._visitor.page.evaluate("(selector) => document.activeElement.matches(selector)", selector)
        )
