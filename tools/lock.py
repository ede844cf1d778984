"""Lock what is to be installed: every package in one version for all systems, each of its wheels by its hash.

python tools/lock.py LOCK SOURCE... [OPTION...]

The sources and options are those of ``uv pip compile``. What is no wheel is not installed: it would have to be built,
by tools that no lock names.
"""

import re
import subprocess
import sys
from pathlib import Path

from gdlib._files import written_whole

COMPILE = [
    *[sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11"],
    *["--generate-hashes", "--only-binary", ":all:", "--emit-build-options", "--no-strip-extras"],
    *["--extra", "widgets", "--extra", "blocks", "--custom-compile-command", "make lock"],
]
WITH_EXTRAS = r"^(?P<name>[\w-]+)\[.*\](?P<pinned>==.*\n(?: +--hash=.*\n)+)"


def both(lock: str) -> str:
    """The lock with a second entry, without the extras, of each package that has some.

    Until its version 26.1, pip does not see that ``name[extra]==1 --hash=…`` says which ``name`` is meant.
    """
    return re.sub(WITH_EXTRAS, r"\g<0>\g<name>\g<pinned>", lock, flags=re.M)


def main(lock: str, *arguments: str) -> int:
    """Run as a command."""
    code = subprocess.run(
        [*COMPILE, "--output-file", lock, *arguments], stdout=subprocess.DEVNULL, check=False
    ).returncode
    if code == 0:
        entries = Path(lock).read_text(encoding="utf-8")
        with written_whole(lock) as file:
            file.write(both(entries).encode())
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
