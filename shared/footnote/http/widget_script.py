"""The widget's modules joined into the one script that pages of other sites load.

Each module becomes a function of its own, in the order in which they import each other, so that
names do not meet; its imports become constants. A style sheet that is imported becomes one that
is made from its text. What this reads is our own source, in the form that it is written in.
"""

import json
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath

_ENTRY = PurePosixPath("widget/widget.js")
_MODULE = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_SHEET = re.compile(r'^import (\w+) from "([^"]+\.css)" with \{ type: "css" \};\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)
_SCRIPT_COMMENT = re.compile(r"^\s*(?://.*|/\*\*[^/]*\*/)\n", re.MULTILINE)
_SHEET_COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)
_MARGIN = re.compile(r"^\s+", re.MULTILINE)


@cache
def widget_script() -> str:
    """The script: plain, without imports, and nothing of it is visible to the page."""
    names: dict[PurePosixPath, str] = {}
    parts: list[str] = []
    _join(_ENTRY, names, parts)
    return '(() => {\n"use strict";\n' + "".join(parts) + "})();\n"


@cache
def widget_etag() -> str:
    """Changes whenever the script does."""
    return f'"{sha256(widget_script().encode()).hexdigest()[:16]}"'


def _join(path: PurePosixPath, names: dict[PurePosixPath, str], parts: list[str]) -> str:
    """Adds the module and all that it imports; the name that it has in the script."""
    if path in names:
        return names[path]
    names[path] = name = "_".join(path.with_suffix("").parts[-3:]).replace("-", "_")
    text = _SCRIPT_COMMENT.sub("", _read(path))

    def module(found: re.Match[str]) -> str:
        imported = " ".join(found[1].split())
        return f"const {{ {imported} }} = {_join(_beside(path, found[2]), names, parts)};\n"

    def sheet(found: re.Match[str]) -> str:
        css = _without_margins(_SHEET_COMMENT.sub("", _read(_beside(path, found[2]))))
        made = f"const {found[1]} = new CSSStyleSheet();\n"
        return f"{made}{found[1]}.replaceSync({json.dumps(css, ensure_ascii=False)});\n"

    text = _SHEET.sub(sheet, _MODULE.sub(module, text))
    exported = ", ".join(_EXPORT.findall(text))
    body = _without_margins(_EXPORT.sub("", text))
    parts.append(f"const {name} = (() => {{\n{body}return {{ {exported} }};\n}})();\n")
    return name


def _beside(path: PurePosixPath, relative: str) -> PurePosixPath:
    """What a module at `path` means by a relative address."""
    folder = path.parent
    while relative.startswith("../"):
        folder, relative = folder.parent, relative[3:]
    return folder / relative.removeprefix("./")


def _read(path: PurePosixPath) -> str:
    return files("footnote").joinpath(str(path)).read_text(encoding="utf-8")


def _without_margins(text: str) -> str:
    return _MARGIN.sub("", text)
