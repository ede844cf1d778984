"""What nbgrader does in this folder; every other setting is its own."""

from pathlib import Path

import nbgrader

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

# A feedback page must not ask another host for MathJax: our template stands before
# nbgrader's, which have to be named once these are.
c.HTMLExporter.extra_template_basedirs = [
    str(Path(__file__).parent / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions/formgrader/templates"),
]
