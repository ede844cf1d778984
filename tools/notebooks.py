"""Execute and normalise the book's notebooks, or say what is wrong with them as they are stored.

python tools/notebooks.py            execute those that changed, store the outputs without noise
python tools/notebooks.py FILE ...   execute these, changed or not
python tools/notebooks.py --set-up   bring the set-up cells up to date, and execute nothing: they print nothing
python tools/notebooks.py --check    change nothing; list what is wrong; exit 1 if anything is

Each begins with the set-up cell of `setup_cell.py`, which is put in or brought up to date before a notebook is run.

A notebook changed when it, or anything that all of them use, is not as it was when it was last executed here.
"""

import base64
import hashlib
import json
import sys
from io import BytesIO
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image
from setup_cell import set_up, setup_problems, text

from gdlib._files import written_whole

ROOT = Path(__file__).parent.parent
CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [CONTENTS["root"], *(page["file"] for part in CONTENTS["parts"] for page in part["chapters"])]
NOTEBOOKS = [path for page in PAGES if (path := ROOT / f"{page}.ipynb").exists()]  # in the order of the contents
EXECUTED = ROOT / "_build" / "executed.json"  # each one's fingerprint when it was last executed
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python"},  # without the former, nbconvert writes a .txt
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def execute(path: Path) -> None:
    """Run a notebook from top to bottom in its own folder and store it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    set_up(notebook)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": path.parent}},
    ).execute()
    store(normalise(notebook), path)


def store(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook."""
    with written_whole(path) as file:
        file.write(f"{nbformat.writes(notebook)}\n".encode())


def renew(paths: list[Path], *, all_of_them: bool) -> None:
    """Execute the notebooks that are not as they were last executed here, or all of them."""
    executed = json.loads(EXECUTED.read_text(encoding="utf-8")) if EXECUTED.exists() else {}
    used = shared()
    for path in paths:
        name = path.resolve().relative_to(ROOT).as_posix()
        if not all_of_them and executed.get(name) == fingerprint(path, used):
            continue
        print(f"executing {name}", flush=True)
        execute(path)
        executed[name] = fingerprint(path, used)
        EXECUTED.parent.mkdir(exist_ok=True)
        with written_whole(EXECUTED) as file:
            file.write(json.dumps(executed, indent=1).encode())


def shared() -> bytes:
    """What the outputs of every notebook depend on: the package with its data, its versions, how figures look."""
    files = [path for path in ROOT.glob("gdlib/**/*.*") if path.suffix != ".pyc"]
    files += [ROOT / "chapters" / "matplotlibrc", ROOT / "requirements.lock"]
    digest = hashlib.sha256(f"{sys.version} {text()}".encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.digest()


def fingerprint(path: Path, used: bytes) -> str:
    """What changes with a notebook and with what it uses."""
    return hashlib.sha256(used + path.read_bytes()).hexdigest()


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Drop what differs from run to run and from machine to machine; keep what a reader sees, without waste."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
        for output in cell.get("outputs", []):
            output.pop("metadata", None)
            if "data" in output:
                output["metadata"] = {}
                output.data.pop(WIDGET_VIEW, None)  # its model exists only while the kernel runs
                if "image/png" in output.data:
                    output.data["image/png"] = smaller(output.data["image/png"])
    return notebook


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs, with what was printed in one piece: in how many it arrives differs from run to run."""
    pieces = []
    for output in outputs:
        before = pieces[-1] if pieces else {}
        if output.output_type == "stream" and output.name == before.get("name"):
            before.text += output.text
        else:
            pieces.append(output)
    return pieces


def smaller(png: str) -> str:
    """The same picture in few colours: enough for lines and their smooth edges, in a third of the bytes."""
    picture = Image.open(BytesIO(base64.b64decode(png)))
    if picture.mode == "P":
        return png
    # The default, median cut, gives all colours to the many shades of grey and none to a single star.
    few = picture.convert("RGB").quantize(48, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    stored = BytesIO()
    few.save(stored, "png", optimize=True)
    return base64.b64encode(stored.getvalue()).decode()


def problems(notebook: NotebookNode) -> list[str]:
    """What keeps a stored notebook from being one that was run from top to bottom and left alone."""
    found = []
    if notebook.metadata != METADATA:
        found.append("its metadata are not normalised")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for expected, cell in enumerate(code, start=1):
        found += [f"cell {cell.id}: {problem}" for problem in _cell_problems(cell, expected)]
    if not code:
        found.append("it has no code cell")
    return found


def _cell_problems(cell: NotebookNode, expected: int) -> list[str]:
    found = []
    if cell.execution_count != expected:
        found.append(f"execution count is {cell.execution_count}, not {expected}: run the notebook from the top")
    if not cell.source.strip():
        found.append("it is empty")
    for output in cell.outputs:
        if output.output_type == "error":
            found.append(f"it ended in {output.ename}")
        if output.output_type == "stream" and output.name == "stderr":
            found.append("it wrote to stderr")
        if output.output_type == "execute_result" and output.execution_count != cell.execution_count:
            found.append("its result is of another run")
        if WIDGET_VIEW in output.get("data", {}):
            found.append("it stores a widget's view, which means nothing without its kernel")
    return found + _output_problems(cell)


def _output_problems(cell: NotebookNode) -> list[str]:
    """A printed line or a figure that the source promises must be there, and a figure must be described."""
    found = []
    pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    described = cell.metadata.get("mystnb", {})
    if described.get("figure") and len(pictures) != 1:
        found.append(f"it has a caption and {len(pictures)} pictures")
    if pictures and not (described.get("figure", {}).get("caption") and described.get("figure", {}).get("name")):
        found.append("its picture has no caption or no name")
    if pictures and not described.get("image", {}).get("alt"):
        found.append("its picture has no alt text")
    if any(line.startswith(("print(", "    print(")) for line in cell.source.splitlines()) and not cell.outputs:
        found.append("it prints, but no output is stored")
    return found


def main(arguments: list[str]) -> int:
    """Run as a command."""
    if arguments == ["--check"]:
        found = []
        for path in NOTEBOOKS:
            notebook = nbformat.read(path, as_version=4)
            found += [f"{path.name}: {text}" for text in setup_problems(notebook) + problems(notebook)]
        for text in found:
            print(text)
        return int(bool(found))
    if arguments == ["--set-up"]:
        for path in NOTEBOOKS:
            notebook = nbformat.read(path, as_version=4)
            set_up(notebook)
            store(notebook, path)
        return 0
    renew([Path(name) for name in arguments] or NOTEBOOKS, all_of_them=bool(arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
