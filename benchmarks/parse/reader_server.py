"""Reads files by one reader and tells the seconds; runs within that reader's own environment.

`python reader_server.py <reader>` takes one JSON request a line on stdin, and answers with one on
stdout: `{"path", "runs"}` gives `{"seconds": [...], "text"}` or `{"error"}`. Standard library only,
apart from the reader itself.
"""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

_REPOSITORY = Path(__file__).parents[2]
_PARTITIONS = {
    "pdf": "pdf", "docx": "docx", "pptx": "pptx", "xlsx": "xlsx", "csv": "csv", "tsv": "tsv",
    "html": "html", "htm": "html", "md": "md", "txt": "text", "eml": "email",
}  # fmt: skip

Read = Callable[[Path], str]


def main() -> None:
    """Serves requests until stdin ends."""
    replies = os.fdopen(os.dup(1), "w")
    # Whatever a library prints must not get between the replies.
    os.dup2(2, 1)
    read = _READERS[sys.argv[1]]()
    for line in sys.stdin:
        request = json.loads(line)
        replies.write(json.dumps(_answer(read, Path(request["path"]), request["runs"])) + "\n")
        replies.flush()


def _answer(read: Read, path: Path, runs: int) -> dict[str, object]:
    seconds, text = [], ""
    for _ in range(runs):
        start = time.perf_counter()
        try:
            text = read(path)
        except Exception as error:  # noqa: BLE001 - whatever a reader raises is its result
            return {"error": f"{type(error).__name__}: {error}"[:300]}
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "text": text}


def _footnote() -> Read:
    from footnote.parsing import ParsingLimits, partition

    limits = ParsingLimits(max_bytes=2**31, max_text_chars=2**31)

    def read(path: Path) -> str:
        return "\n".join(e.text for e in partition(path.read_bytes(), path.name, limits).elements)

    return read


def _sandbox() -> Read:
    from footnote.parsing import ParsingLimits, SandboxedParser

    parser = SandboxedParser(limits=ParsingLimits(max_bytes=2**31, max_text_chars=2**30))

    def read(path: Path) -> str:
        return "\n".join(e.text for e in parser.partition(path.read_bytes(), path.name).elements)

    return read


def _unstructured() -> Read:
    """Stock, but for the words' tagger: its model would be fetched from a code host at first use.

    The stand-in is faster than spaCy by far, so the comparison errs in Unstructured's favour.
    """
    slim = _module_at(_REPOSITORY / "shared/footnote/parsing/slim_unstructured.py")
    slim.install()
    del sys.modules["numba"]
    # Draws pages for OCR, which is not asked for; its package wants torch.
    drawing = ModuleType("unstructured_inference.inference.layout")
    drawing.convert_pdf_to_image = None  # type: ignore[attr-defined]
    sys.modules[drawing.__name__] = drawing

    def read(path: Path) -> str:
        name = _PARTITIONS[path.suffix.lower().lstrip(".")]
        module = importlib.import_module(f"unstructured.partition.{name}")
        options = {"strategy": "fast"} if name == "pdf" else {}
        elements = getattr(module, f"partition_{name}")(filename=str(path), **options)
        return "\n".join(element.text for element in elements)

    return read


def _kreuzberg() -> Read:
    from kreuzberg import extract_file_sync  # type: ignore[import-not-found, unused-ignore]

    return lambda path: str(extract_file_sync(str(path)).content)


def _module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None  # noqa: S101 - the file is there
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_READERS: dict[str, Callable[[], Read]] = {
    "footnote": _footnote,
    "sandbox": _sandbox,
    "unstructured": _unstructured,
    "kreuzberg": _kreuzberg,
}

if __name__ == "__main__":
    main()
