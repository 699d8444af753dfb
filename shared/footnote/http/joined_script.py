"""Modules of ours joined into one script, so that a browser asks for it once.

Each module becomes a function of its own, in the order in which they import each other, so that
names do not meet; its imports become constants. A style sheet that is imported becomes one that
is made from its text. What this reads is our own source, in the form that it is written in.
"""

import json
import re
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath

_MODULE = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_SHEET = re.compile(r'^import (\w+) from "([^"]+\.css)" with \{ type: "css" \};\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)
_SCRIPT_COMMENT = re.compile(r"^\s*(?://.*|/\*\*[^/]*\*/)\n", re.MULTILINE)
_SHEET_COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)
_MARGIN = re.compile(r"^\s+", re.MULTILINE)


def joined_script(entry: str) -> str:
    """The module at a path within the package, and all that it imports, without imports."""
    names: dict[PurePosixPath, str] = {}
    parts: list[str] = []
    _join(PurePosixPath(entry), names, parts)
    return '(() => {\n"use strict";\n' + "".join(parts) + "})();\n"


def joined_sheet(*paths: str) -> str:
    """Style sheets one after the other, without what is for people."""
    return "".join(_sheet(PurePosixPath(path)) for path in paths)


def etag_of(text: str) -> str:
    """Changes whenever the text does."""
    return f'"{sha256(text.encode()).hexdigest()[:16]}"'


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
        css = json.dumps(_sheet(_beside(path, found[2])), ensure_ascii=False)
        return f"const {found[1]} = new CSSStyleSheet();\n{found[1]}.replaceSync({css});\n"

    text = _SHEET.sub(sheet, _MODULE.sub(module, text))
    exported = ", ".join(_EXPORT.findall(text))
    body = _without_margins(_EXPORT.sub("", text))
    parts.append(f"const {name} = (() => {{\n{body}return {{ {exported} }};\n}})();\n")
    return name


def _sheet(path: PurePosixPath) -> str:
    return _without_margins(_SHEET_COMMENT.sub("", _read(path)))


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
