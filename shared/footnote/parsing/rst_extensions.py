"""Lets docutils read directives and roles that it does not know, such as those of Sphinx."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.utils import unescape

_DIRECTIVE = re.compile(
    r"^[ \t]*(?:[-*+>|][ \t]+)*\.\.[ \t]+(?:\|[^|\n]{1,200}\|[ \t]+)?([\w:.+-]{1,100}?)[ \t]?::",
    re.MULTILINE,
)
_ROLE = re.compile(r":([\w.+-]+(?::[\w.+-]+){0,3}):`|`:([\w.+-]+(?::[\w.+-]+){0,3}):")
_SHOWN_AND_TARGET = re.compile(r"(.*\S)\s*<[^<>]*>\Z", re.DOTALL)
_VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
}
# Navigation, settings, and what stands in other files.
_DROPPED = frozenset(
    ("toctree", "index", "contents", "sectnum", "tabularcolumns", "highlight", "currentmodule",
     "meta", "include", "literalinclude", "raw", "header", "footer", "default-role",
     "default-domain", "role", "codeauthor", "sectionauthor", "target-notes", "class", "rst-class")
)  # fmt: skip
_CODE = frozenset(
    ("code", "code-block", "sourcecode", "prompt", "parsed-literal", "doctest", "testcode",
     "testoutput", "productionlist", "mermaid", "graphviz", "uml", "math")
)  # fmt: skip
_NOTES = frozenset(
    ("note", "warning", "tip", "hint", "important", "caution", "attention", "danger", "error",
     "seealso", "admonition")
)  # fmt: skip
# Docutils' own, for what no other text could build.
_KEPT_DIRECTIVES = frozenset(
    ("table", "csv-table", "list-table", "image", "replace", "unicode", "date", "title")
)
_KEPT_ROLES = frozenset(
    ("abbreviation", "acronym", "code", "emphasis", "literal", "math", "pep", "pep-reference",
     "raw", "rfc", "rfc-reference", "strong", "sub", "subscript", "sup", "superscript", "title",
     "title-reference")
)  # fmt: skip
_SHOWN_OPTIONS = ("caption", "alt", "title", "summary")


def accept(text: str) -> None:
    """Registers what this text uses and docutils lacks; docutils keeps one registry a process."""
    for name in {found.group(1).lower() for found in _DIRECTIVE.finditer(text)}:
        if name not in _KEPT_DIRECTIVES:
            directives.register_directive(name, _kind(name))
    for name in {(one or other).lower() for one, other in _ROLE.findall(text)} - _KEPT_ROLES:
        # Docutils' types know of roles that make references only.
        roles.register_local_role(name, _role)  # type: ignore[arg-type]


class _AnyOptions(dict[str, Callable[[str], Any]]):
    """Takes every option: one that is not known must not cost the directive's text."""

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> Callable[[str], Any]:
        return lambda value: value or ""


class _Lenient(Directive):
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = _AnyOptions()

    def _inside(self) -> list[nodes.Node]:
        box = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, box)
        return list(box.children)

    def _argument(self) -> str:
        return " ".join(self.arguments)


class _Dropped(_Lenient):
    def run(self) -> list[nodes.Node]:
        return []


class _Code(_Lenient):
    def run(self) -> list[nodes.Node]:
        # That of `math` and `productionlist` is part of the text, that of code names its language.
        lines = list(self.content)
        if self.name in ("math", "productionlist") or not lines:
            lines = [*self.arguments, *lines]
        text = "\n".join(lines)
        block = nodes.literal_block(text, text)
        caption = self.options.get("caption")
        return [_paragraph(caption), block] if caption else [block]


class _Unknown(_Lenient):
    """What it says: its argument, then its content, whatever they are for."""

    def run(self) -> list[nodes.Node]:
        label = " ".join(filter(None, (_VERSIONS.get(self.name, ""), self._argument())))
        is_file = self.name in ("figure", "thumbnail", "youtube", "video")
        shown = [] if is_file else [label]
        shown += [self.options.get(name, "") for name in _SHOWN_OPTIONS]
        return [*(_paragraph(text) for text in shown if text), *self._inside()]


class _Note(_Lenient):
    """An admonition, which keeps its kind before its text."""

    def run(self) -> list[nodes.Node]:
        titled = self.name == "admonition"
        label = self._argument() if titled else self.name.capitalize()
        first = [] if titled or not self.arguments else [_paragraph(self._argument())]
        return [nodes.admonition("", nodes.title(label, label), *first, *self._inside())]


def _paragraph(text: str) -> nodes.paragraph:
    return nodes.paragraph(text, text)


def _kind(name: str) -> type[Directive]:
    if name in _DROPPED:
        return _Dropped
    if name in _CODE:
        return _Code
    return _Note if name in _NOTES else _Unknown


def _role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: object,
    options: Mapping[str, object] | None = None,
    content: Sequence[str] = (),
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The words of a reference without its target."""
    del name, lineno, inliner, options, content
    words = unescape(text)
    shown = _SHOWN_AND_TARGET.match(words)
    words = shown.group(1) if shown else words.lstrip("~!")
    return [nodes.inline(rawtext, words)], []
