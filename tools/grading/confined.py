"""A kernel in a sandbox: no network, a small folder of its own, and nothing left of it when it ends.

The sandbox is bubblewrap's, which Debian packages. Without it, or where the system does not let this user make one,
`why_not` says so, and a kernel runs like any other program of the teacher's.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.manager import AsyncKernelManager

import gdlib

PACKAGE = Path(gdlib.__file__).resolve().parent
HOME = "/home/student"
ROOM = 64 * 2**20  # bytes that it may write
MEMORY = 4 * 2**30  # of addresses, for each process; NumPy and its libraries alone take about one
SECONDS = 300  # of processor, all cells together; each cell has a limit of its own, too
PROCESSES = 100  # which the system does not hold root to
SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts"]


def walls(channels: Path | None = None, hidden: Sequence[str] = ()) -> list[str]:
    """The command that runs what follows it in a sandbox, which shares one folder with us, if any.

    It sees the system's programs, this Python with its packages, and gdlib, some of whose files may be hidden. Of the
    project it sees nothing else.
    """
    python = [Path(sys.prefix), Path(sys.base_prefix), PACKAGE]
    seen = [(path, path) for path in SYSTEM]
    seen += [(str(path.resolve()), str(place)) for path in python for place in (path, path.resolve())]
    written = [part for path in (HOME, "/tmp", "/dev/shm") for part in ("--size", str(ROOM), "--tmpfs", path)]
    environment = {
        "HOME": HOME,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(PACKAGE.parent),
        "OPENBLAS_NUM_THREADS": "1",  # each thread would take addresses
    }
    return [
        *["bwrap", "--unshare-all", "--die-with-parent", "--clearenv"],
        *["--proc", "/proc", "--dev", "/dev", *written],
        *[part for pair in seen for part in ("--ro-bind-try", *pair)],
        *[part for name in hidden for part in ("--ro-bind", "/dev/null", str(PACKAGE / name))],
        *(["--bind", str(channels), str(channels)] if channels else []),
        *["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME],
        *[part for name, value in environment.items() for part in ("--setenv", name, value)],
        *["prlimit", f"--as={MEMORY}", f"--cpu={SECONDS}", f"--fsize={ROOM}", f"--nproc={PROCESSES}", "--core=0"],
    ]


@cache
def why_not() -> str:
    """Why no sandbox can be made here; empty if one can."""
    for program, package in {"bwrap": "bubblewrap", "prlimit": "util-linux"}.items():
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian's package is {package})"
    command = [*walls(), sys.executable, "-c", "import gdlib, numpy"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"bwrap cannot make one here: {tried.stderr.strip()[-300:]}" if tried.returncode else ""


class QuietKernel(AsyncKernelManager):
    """A kernel of which nothing that is written past its notebook reaches our terminal."""

    async def start_kernel(self, **options: Any) -> None:
        """Start it."""
        await super().start_kernel(**options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class ConfinedKernel(QuietKernel):
    """A kernel in the sandbox, which is reached through a folder: it has no network."""

    hidden: Sequence[str] = ()

    def __init__(self, **options: Any) -> None:
        self._channels = TemporaryDirectory(prefix="kernel-")  # short: a socket's path has at most some 100 characters
        connection = str(Path(self._channels.name, "k.json"))
        super().__init__(transport="ipc", connection_file=connection, **options)

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The command that starts it."""
        self.kernel_spec.interrupt_mode = "message"  # a signal would end bwrap, and with it the kernel
        return [*walls(Path(self._channels.name), self.hidden), *super().format_kernel_cmd(extra_arguments)]

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove what it was reached through."""
        await super().cleanup_resources(restart)
        if not restart:
            self._channels.cleanup()
