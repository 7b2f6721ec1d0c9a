"""Pages of a PDF as pictures, so that a browser shows them and runs nothing of what is in the file.

Drawn in a process of its own with bounded memory and time: a PDF made to harm ends that process and nothing else.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.errors import Permanent, Retryable

DRAWING = Path(__file__).with_name("page_drawing.py")
PATIENCE = 20.0  # seconds; the drawing itself may use less, see there
PAGES_AT_ONCE = 4


@dataclass(frozen=True)
class Pages:
    """PNGs of `pictures` from page `first` on, of `count` pages in all."""

    count: int
    first: int
    pictures: tuple[bytes, ...]


def drawn(pdf: bytes, first: int = 1, most: int = PAGES_AT_ONCE) -> Pages:
    """Raises Permanent (`not_drawn`: no PDF, encrypted, broken, or too much), Retryable (it took too long)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "document.pdf").write_bytes(pdf)
        try:
            done = subprocess.run(  # noqa: S603  # our own interpreter and file; the PDF is no argument
                [sys.executable, "-I", str(DRAWING), str(folder), str(first), str(most)],
                capture_output=True, timeout=PATIENCE, check=False, env={},
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Retryable("Drawing the pages took too long.", code="drawing_slow") from error
        if done.returncode != 0 or not done.stdout.strip().isdigit():
            raise Permanent("The pages of this PDF cannot be drawn.", code="not_drawn")
        count = int(done.stdout)
        last = min(count, first + most - 1)
        files = [folder / f"page-{number}.png" for number in range(first, last + 1)]
        return Pages(count, first, tuple(file.read_bytes() for file in files))
