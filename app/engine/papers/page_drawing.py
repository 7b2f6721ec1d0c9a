"""Run as a program of its own: draws some pages of `document.pdf` in a folder, prints how many pages it has.

Called as `page_drawing.py FOLDER FIRST MOST` by `page_pictures`. It imports nothing of ours: it starts fast, and what
it reads is not trusted.
"""

import resource
import sys
from pathlib import Path

MEMORY, CPU_SECONDS = 1_500_000_000, 10
PIXELS_PER_INCH = 96
SHEET = '#set page(width: auto, height: auto, margin: 0pt)\n#image("document.pdf", page: {page}, width: 595pt)\n'


def main(folder: Path, first: int, most: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    import typst  # noqa: PLC0415  # after the limits
    from pypdf import PdfReader  # noqa: PLC0415

    count = len(PdfReader(folder / "document.pdf").pages)
    sheet = folder / "sheet.typ"
    for page in range(first, min(count, first + most - 1) + 1):
        sheet.write_text(SHEET.format(page=page), encoding="utf-8")
        typst.compile(
            sheet, root=folder, output=folder / f"page-{page}.png", format="png", ppi=PIXELS_PER_INCH,
            ignore_system_fonts=True,
        )  # fmt: skip
    return count


if __name__ == "__main__":
    sys.stdout.write(str(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
