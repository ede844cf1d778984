"""The live figure's script and style, made of the modules in web/widget.

python tools/widget.py            bundle them into gdlib/widgets/static
python tools/widget.py --check    change nothing; list what is not what would be made; exit 1 if anything is
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "web" / "extensions")]

import npm  # noqa: E402

from gdlib._files import written_whole  # noqa: E402

STATIC = ROOT / "gdlib" / "widgets" / "static"


def made() -> dict[str, bytes]:
    """What belongs into the folder, by the names of the files."""
    if not npm.MODULES.exists():  # the book's build checks that npm's files are whole, which takes seconds
        npm.install()
    return {name: text.encode() for name, text in json.loads(npm.run("widget.mjs")).items()}


def main(arguments: list[str]) -> int:
    """Run as a command."""
    wanted = made()
    stored = {path.name: path.read_bytes() for path in STATIC.glob("*")}
    if arguments == ["--check"]:
        stale = sorted(name for name in wanted | stored if wanted.get(name) != stored.get(name))
        for name in stale:
            print(f"gdlib/widgets/static/{name} is not what web/widget makes: python tools/widget.py makes it anew")
        return int(bool(stale))
    STATIC.mkdir(exist_ok=True)
    for name in stored.keys() - wanted:
        (STATIC / name).unlink()
    for name, content in wanted.items():
        with written_whole(STATIC / name) as file:
            file.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
