"""Execute and normalise the book's notebooks, or say what is wrong with them as they are stored.

python tools/notebooks.py            execute all, store the outputs without noise
python tools/notebooks.py FILE ...   execute these
python tools/notebooks.py --check    change nothing; list what is wrong; exit 1 if anything is

Each begins with the set-up cell of `setup_cell.py`, which is put in or brought up to date before a notebook is run.
"""

import base64
import sys
from io import BytesIO
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image
from setup_cell import set_up, setup_problems

ROOT = Path(__file__).parent.parent
NOTEBOOKS = [ROOT / "index.ipynb", *sorted(ROOT.glob("chapters/*.ipynb")), *sorted(ROOT.glob("reference/*.ipynb"))]
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
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
    nbformat.write(normalise(notebook), path)


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
    # The median cut, which is the default, gives its colours to the many shades of grey and none to a single star.
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
    for path in [Path(argument) for argument in arguments] or NOTEBOOKS:
        print(f"executing {path.name}", flush=True)
        execute(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
