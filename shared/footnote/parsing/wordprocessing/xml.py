"""Names and values of WordprocessingML."""

import re
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
VAL = f"{W}val"


def value_of(parent: Any, name: str) -> str | None:
    """The `w:val` of a child; nothing where there is no such child."""
    child = None if parent is None else parent.find(W + name)
    return None if child is None else child.get(VAL)


def is_on(element: Any) -> bool:
    """Whether a switch such as `w:b` is on; it is when it stands there without a value."""
    return element is not None and element.get(VAL, "1") not in ("0", "false", "off", "none")


def number_of(parent: Any, name: str) -> int | None:
    """The `w:val` of a child where it is a whole number."""
    found = value_of(parent, name)
    return int(found) if found is not None and re.fullmatch(r"-?\d{1,9}", found) else None
