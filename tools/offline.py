"""Pack the built book into a zip that opens from the file system, with no server and no network.

python tools/offline.py _build/html _build/grasping-gradient-descent.zip
"""

import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gdlib._files import written_whole

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date of a zip: a fixed one makes the same bytes of the same pages
READABLE = 0o100644 << 16
UNIX = 3


def pages_and_more(book: Path) -> list[Path]:
    """The files that a reader's browser may ask for, in an order that no file system decides."""
    files = (path.relative_to(book) for path in book.rglob("*") if path.is_file())
    # Names with a dot are the build's own; source maps are for developers.
    wanted = (path for path in files if not any(part.startswith(".") for part in path.parts) and path.suffix != ".map")
    return sorted(wanted, key=Path.as_posix)


def pack(book: Path, target: Path) -> None:
    """Write the zip, in which all lies in one folder of the zip's name."""
    if not (book / "index.html").is_file():
        raise FileNotFoundError(f"there is no built book in {book}: `make book` builds it")
    with written_whole(target) as file, ZipFile(file, "w", compresslevel=9) as archive:
        for path in pages_and_more(book):
            entry = ZipInfo(f"{target.stem}/{path.as_posix()}", EARLIEST)
            entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, READABLE, UNIX
            archive.writestr(entry, (book / path).read_bytes())


def main(book: str, target: str) -> int | str:
    """Run as a command."""
    try:
        pack(Path(book), Path(target))
    except FileNotFoundError as problem:
        return str(problem)
    print(f"{target}: unpack it and open index.html in a browser")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
