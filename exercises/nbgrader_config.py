"""What nbgrader does in this folder; every other setting is its own."""

import sys
from pathlib import Path

import nbgrader
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader import preprocessors

sys.path.append(str(Path(__file__).parent.parent / "tools"))
from grading.apart import ExecuteApart
from grading.cleaned import cleaned
from grading.mend import Mend

c = get_config()  # noqa: F821 - nbgrader gives it when it reads this file

c.CourseDirectory.course_id = "grasping-gradient-descent"

# In the place of a solution. It does nothing, so a function returns None: a copy can be
# run before anything is solved, and its tests fail in words.
c.ClearSolutions.code_stub = {"python": "...  # your code"}
c.ClearSolutions.text_stub = "*Your answer, in place of this line.*"

# Seconds that a cell may take. Then it is interrupted and fails, and the next one runs.
c.Execute.timeout = 20
c.Execute.interrupt_on_timeout = True
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["This cell was stopped: is there a loop in it that never ends?"],
}

# A submission is mended before it is read, and run apart from its tests. The rest is
# nbgrader's own, but for its remover of doubled cells: at what that leaves, it stops.
c.Autograde.sanitize_preprocessors = [
    Mend,
    preprocessors.ClearOutput,
    preprocessors.OverwriteKernelspec,
    preprocessors.OverwriteCells,
    preprocessors.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    ExecuteApart,
    preprocessors.IgnorePattern,
    ClearMetadataPreprocessor,
    preprocessors.LimitOutput,
    preprocessors.SaveAutoGrades,
    preprocessors.AssignLatePenalties,
    preprocessors.CheckCellMetadata,
]

# What a submission prints and says is text in the feedback and in the formgrader, or a
# picture. Their templates take what a student writes through one filter, and clean
# nothing themselves.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"strip_files_prefix": cleaned}

# Neither asks another host for MathJax: our template stands before nbgrader's, which
# have to be named once these are.
c.HTMLExporter.extra_template_basedirs = [
    str(Path(__file__).parent / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions/formgrader/templates"),
]
