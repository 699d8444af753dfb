"""Tesseract, a program of its own: the picture of a page in, its words with their places out."""

import os
import shutil
import subprocess
import tempfile
import time
from typing import IO, TYPE_CHECKING, Protocol

from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.parsing.limits import ParsingLimits

if TYPE_CHECKING:
    from PIL.Image import Image

NEEDS_OCR = "needs the OCR build (docs/formats.md)"
_PROGRAM = "tesseract"
# Segmentation mode 1 also finds out which way up the page is.
_WANTED = ("--psm", "1", "hocr")
# Pages run side by side; threads within one cost more than they bring.
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C"}
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH")
_MAX_COMPLAINT_CHARS = 200


def is_installed() -> bool:
    """Whether Tesseract is on this machine."""
    return shutil.which(_PROGRAM) is not None


def installed_languages() -> frozenset[str]:
    """The languages that it can read here; none where it is not installed."""
    program = shutil.which(_PROGRAM)
    if program is None:
        return frozenset()
    asked = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S603
    return frozenset(asked.stdout.splitlines()[1:])


class Recognition(Protocol):
    """A page that is being read."""

    def hocr(self) -> bytes:
        """Waits for the page's text as hOCR; raises FailedDocumentError."""
        ...

    def stop(self) -> None:
        """Gives the page up."""
        ...


class Recogniser(Protocol):
    """Reads pictures of pages, several at once."""

    def start(self, picture: "Image") -> Recognition:
        """Begins to read a picture of mode L or RGB."""
        ...


class Tesseract:
    """One process for each page; it never sees the document's own bytes, only plain pixels."""

    def __init__(self, limits: ParsingLimits) -> None:
        """Raises SkippedDocumentError where Tesseract is not installed."""
        program = shutil.which(_PROGRAM)
        if program is None:
            msg = f"Tesseract is not installed here; this file {NEEDS_OCR}"
            raise SkippedDocumentError(msg)
        self._command = (program, "-", "-", "-l", limits.ocr_languages, *_WANTED)
        self._timeout_s = limits.ocr_page_timeout_s

    def start(self, picture: "Image") -> Recognition:
        """Files without a name hold what goes in and out, so no pipe can fill up."""
        pixels, found, complaints = (tempfile.TemporaryFile() for _ in range(3))  # noqa: SIM115
        with pixels:
            picture.save(pixels, "PPM")
            pixels.seek(0)
            kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
            process = subprocess.Popen(  # noqa: S603 - found on the PATH; no argument of a document
                self._command,
                stdin=pixels,
                stdout=found,
                stderr=complaints,
                env={**kept, **_ENVIRONMENT},
            )
        return _Page(process, found, complaints, self._timeout_s)


class _Page:
    """A Tesseract at work; `timeout_s` counts from its start."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        found: IO[bytes],
        complaints: IO[bytes],
        timeout_s: float,
    ) -> None:
        self._process = process
        self._found = found
        self._complaints = complaints
        self._timeout_s = timeout_s
        self._deadline = time.monotonic() + timeout_s

    def hocr(self) -> bytes:
        try:
            status = self._process.wait(max(0.0, self._deadline - time.monotonic()))
            if status:
                raise FailedDocumentError(self._failure(status))
            return _all_of(self._found)
        except subprocess.TimeoutExpired as error:
            msg = f"recognising the text of a page took longer than {self._timeout_s:g} s"
            raise FailedDocumentError(msg) from error
        finally:
            self.stop()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._found.close()
        self._complaints.close()

    def _failure(self, status: int) -> str:
        said = _all_of(self._complaints).decode(errors="replace").splitlines() or [
            "no reason given"
        ]
        # What it says last is only that it gives up.
        reason = next((line for line in said if line.startswith("Failed")), said[-1])
        return f"Tesseract could not read a page (status {status}): {reason[:_MAX_COMPLAINT_CHARS]}"


def _all_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
