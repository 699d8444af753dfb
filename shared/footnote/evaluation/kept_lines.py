"""Files that outlive an interruption: what was begun in the first line, a result in each other."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from footnote.domain.errors import UnprocessableError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class KeptLines[Head: "DataclassInstance", Line]:
    """JSON lines; each is written whole, or cut off by `open`. `what` says whose file it is."""

    def __init__(
        self, path: Path, head: TypeAdapter[Head], line: TypeAdapter[Line], what: str
    ) -> None:
        self._path = path
        self._head = head
        self._line = line
        self._what = what

    @property
    def begun(self) -> bool:
        """Whether anything was begun in this file."""
        return self._path.exists() and self._path.stat().st_size > 0

    def open(self, head: Head) -> list[Line]:
        """Begin, or go on; returns the lines that are there already.

        Raises:
            UnprocessableError: the file was begun otherwise, or is none of these.
        """
        if not self.begun:
            self._append(self._head.dump_json(head))
            return []
        begun, lines = self.read()
        if begun != head:
            differing = _differing(begun, head)
            message = f"{self._path} holds another one ({differing}): name a new file"
            raise UnprocessableError(message)
        self._cut_off_half_a_line()
        return lines

    def add(self, line: Line) -> None:
        """Keep one more."""
        self._append(self._line.dump_json(line))

    def read(self) -> tuple[Head, list[Line]]:
        """What was begun and every line; half a line at the end is left out.

        Raises:
            UnprocessableError: it is none of these files; names the line.
        """
        first, *lines = self._path.read_bytes().split(b"\n")[:-1] or [b""]
        head = self._parsed(self._head, first, 1)
        return head, [self._parsed(self._line, one, at) for at, one in enumerate(lines, start=2)]

    def _parsed[T](self, form: TypeAdapter[T], line: bytes, number: int) -> T:
        try:
            return form.validate_json(line)
        except ValidationError as error:
            reason = error.errors()[0]["msg"]
            message = f"{self._path}, line {number}: no {self._what} ({reason})"
            raise UnprocessableError(message) from error

    def _append(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line + b"\n")

    def _cut_off_half_a_line(self) -> None:
        content = self._path.read_bytes()
        if not content.endswith(b"\n"):
            with self._path.open("r+b") as file:
                file.truncate(content.rfind(b"\n") + 1)


def _differing(one: "DataclassInstance", other: "DataclassInstance") -> str:
    there, now = asdict(one), asdict(other)
    counted = [field.name for field in fields(one) if field.compare]
    names = [name for name in counted if there[name] != now[name]]
    return ", ".join(f"{name} {there[name]} there, {now[name]} now" for name in names)
