"""An export that nobody need trust: what is wrong with it is told by its line, and nothing else."""

import base64
import gzip
import hashlib
import json
import re
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from footnote.transfer.line import encode_vector
from footnote.transfer.reading import LONGEST_LINE, Refused, read_export
from footnote.transfer.writing import encoded, write_export

type Record = dict[str, Any]
WHEN = "2026-11-29T00:00:00+00:00"


def header(**other: object) -> Record:
    usual: Record = {
        "kind": "header",
        "format": "footnote export",
        "version": 1,
        "footnote": "1.0",
        "knowledge_base": "help",
        "exported_at": WHEN,
        "bucket": "documents",
        "documents": 1,
        "chunks": 1,
        "questions": 0,
    }
    return usual | other


def index(**other: object) -> Record:
    usual: Record = {
        "kind": "index",
        "model": "m",
        "dimension": 2,
        "chunk_chars": 1000,
        "languages": ["english"],
        "fusion_weights": None,
        "calibration": None,
        "adapter": None,
    }
    return usual | other


def document(key: str = "help/a.md", **other: object) -> Record:
    usual: Record = dict.fromkeys(
        ("version_id", "indexed_version_id", "reason", "bytes", "content_hash", "title", "url")
    )
    usual |= {
        "kind": "document",
        "key": key,
        "sequencer": "0A",
        "sidecar_sequencer": "",
        "sidecar_at_fault": False,
        "event_time": WHEN,
        "status": "ready",
        "named": False,
        "attributes": {},
        "indexed_at": WHEN,
        "history": [],
        "chunks": 1,
        "embedding": encode_vector([1.0, 0.0]),
    }
    return usual | other


def chunk(ordinal: int = 0, **other: object) -> Record:
    usual: Record = {
        "kind": "chunk",
        "ordinal": ordinal,
        "text": "Kept for thirty days.",
        "heading_path": [],
        "page": None,
        "page_breaks": [],
        "start": 0,
        "end": 21,
        "embedding": encode_vector([1.0, 0.0]),
    }
    return usual | other


def usual() -> list[Record]:
    return [header(), index(), document(), chunk(), document("help/b.md"), chunk()]


def packed(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(gzip.compress(b"".join(lines)))
    return path


def ended(lines: list[bytes]) -> list[bytes]:
    """With the end that fits them: whoever changes a file can do that as well."""
    counts: dict[str, int] = {}
    for line in lines:
        try:
            kind = json.loads(line)["kind"]
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        counts[kind] = counts.get(kind, 0) + 1
    sha256 = hashlib.sha256(b"".join(lines)).hexdigest()
    return [*lines, encoded({"kind": "end", "counts": counts, "sha256": sha256})]


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        list(read_export(path))
    return str(refused.value)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "help.jsonl.gz"
    assert list(write_export(path, usual())) == [line["kind"] for line in usual()]
    read = list(read_export(path))
    assert [one.number for one in read] == list(range(1, 8))
    assert [one.line.kind for one in read] == [*(line["kind"] for line in usual()), "end"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_finished_is_not_there(tmp_path: Path) -> None:
    def broken() -> Iterator[Record]:
        yield header()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(write_export(tmp_path / "a", broken()))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "b").touch()
    with pytest.raises(FileExistsError):
        list(write_export(tmp_path / "b", usual()))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines.pop(0), "line 1: this is no export"),
        (lambda lines: lines[0].update(version=2), r"line 1: .* format 2, by Footnote 1.0"),
        (lambda lines: lines[0].update(version=0), "line 1: header: version"),
        (lambda lines: lines[0].update(knowledge_base="../x"), "line 1: .* no valid name"),
        (lambda lines: lines.insert(2, header()), "line 3: .*does not belong here"),
        (lambda lines: lines.append(index()), "line 7: .*does not belong here"),
        (lambda lines: lines[1].update(extra=1), "line 2: index: extra"),
        (lambda lines: lines[1].update(kind="secret"), "line 2: nothing is known of the kind"),
        (lambda lines: lines[2].update(key="other/a.md"), "line 3: .*another knowledge base"),
        (lambda lines: lines[2].update(key="a.md"), "line 3: .*another knowledge base"),
        (lambda lines: lines[2].update(key="help/"), "line 3: no document can have the key"),
        (lambda lines: lines[2].update(key="help/" + "x" * 1024), "line 3: no document can have"),
        (lambda lines: lines[2].update(key="help/a.metadata.json"), "line 3: no document can have"),
        (lambda lines: lines[4].update(key="help/a.md"), "line 5: .*in order, each once"),
        (lambda lines: lines[2].update(chunks=2), "line 5: 1 chunks of 'help/a.md' are missing"),
        (lambda lines: lines[2].update(chunks=0, embedding=None), "line 4: no document is above"),
        (lambda lines: lines[2].update(embedding=None), "line 3: .*has an embedding where"),
        (lambda lines: lines[2].update(event_time="2026-11-29T00:00:00"), "line 3: .*offset"),
        (lambda lines: lines[3].update(embedding="?"), "line 4: .*base64"),
        (lambda lines: lines[3].update(embedding=encode_vector([1.0])), "line 4: .*1 floats"),
        (lambda lines: lines[3].update(embedding=_infinite()), "line 4: .*finite"),
        (lambda lines: lines[3].update(text="a\0b"), "line 4: .*NUL"),
        (lambda lines: lines[3].update(start=30), "line 4: .*end behind"),
        (lambda lines: lines[3].update(page=2**40), "line 4: chunk: page"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(
    tmp_path: Path, change: Callable[[list[Record]], object], told: str
) -> None:
    lines = usual()
    change(lines)
    path = packed(tmp_path / "a", ended([encoded(line) for line in lines]))
    assert re.match(told, refusal(path))


def _infinite() -> str:
    return base64.b64encode(struct.pack(">2e", float("inf"), 0)).decode()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"[]\n", "line 7: it is not a JSON object"),
        (b"{]\n", "line 7: it is not JSON"),
        (b'{"kind": "chunk", "start": NaN}\n', "line 7: it is not JSON (NaN is no number)"),
        (b'{"kind": "chunk", "text": "\\ud800"}\n', "line 7: a text in it holds NUL or half"),
        (b"[" * 200_000 + b"\n", "line 7: it is not JSON"),
        (b'{"a":' * 90_000 + b"1" + b"}" * 90_000 + b"\n", "line 7: it is"),
        (b'{"kind": "chunk", "start": ' + b"9" * 5000 + b"}\n", "line 7: it is not JSON"),
        (b"\xff\xfe\n", "line 7: it is not JSON"),
        (b"\0\n", "line 7: it is not JSON"),
    ],
)
def test_what_is_no_line_is_told(tmp_path: Path, line: bytes, told: str) -> None:
    path = packed(tmp_path / "a", ended([*map(encoded, usual()), line]))
    assert refusal(path).startswith(told)


def test_a_backslash_in_a_text_is_a_backslash(tmp_path: Path) -> None:
    lines = usual()
    lines[3]["text"] = r"C:\u0000 is a path, \ and \ud800 too"
    list(write_export(tmp_path / "a", lines))
    assert [one.line.kind for one in read_export(tmp_path / "a")][-1] == "end"


def test_a_file_that_was_changed_cut_off_or_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    list(write_export(path, usual()))
    whole = path.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    other = [line.replace(b"thirty", b"ninety") for line in lines]
    assert "was changed after it was written" in refusal(packed(path, other))
    assert "lines were lost or added" in refusal(packed(path, [*lines[:4], lines[-1]]))
    assert "cut off" in refusal(packed(path, lines[:-1]))
    assert refusal(packed(path, [*lines, lines[3]])) == "line 8: something follows the end"
    for cut in (whole[:-9], whole[: len(whole) // 2]):
        path.write_bytes(cut)
        assert "damaged or cut off after line" in refusal(path)
    path.write_bytes(whole[:100] + b"\0" * 50 + whole[150:])
    assert "line 1" in refusal(path)
    for nothing in (b"", b"PK\3\4", b"{}"):
        path.write_bytes(nothing)
        assert "no export" in refusal(path) or "cut off" in refusal(path)


def test_a_bomb_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with gzip.open(path, "wb") as bomb:
        bomb.write(encoded(header()))
        for _ in range(3):
            bomb.write(b" " * LONGEST_LINE)
    with gzip.open(tmp_path / "b", "wb") as bomb:
        bomb.write(encoded(header()))
        title = "0" * 2**20
        for number in range(100, 200):
            line = document(f"help/{number}.md", title=title, chunks=0, embedding=None)
            bomb.write(encoded(line))
    tracemalloc.start()
    assert refusal(path).startswith("line 2: it is longer than")
    assert re.match(r"line 3\d: the file unfolds", refusal(tmp_path / "b"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * LONGEST_LINE
