"""nbgrader's execution of a notebook, with the submission's cells in one process and the tests in another."""

from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import Execute
from traitlets import Bool

from grading import forbidden
from grading.confined import ConfinedKernel, QuietKernel, why_not
from grading.judge import LATE, MIME, Judge

ROOM = 2**20  # characters that a cell may print or show
ENDED = {"ename": "KernelEnded", "evalue": "", "traceback": ["This cell ended the Python that ran it."]}


class ExecuteApart(Execute):
    """Runs a submission: its cells in a kernel, confined where that is possible, and the tests in a `Judge`."""

    raise_on_iopub_timeout = Bool(False).tag(config=True)  # who prints without end has still earned the other points
    store_widget_state = Bool(False).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: Any, km: AsyncKernelManager | None = None
    ) -> tuple[NotebookNode, Any]:
        """Run all cells."""
        assignment = resources["nbgrader"]["assignment"]
        if why_not():
            self.log.warning("Submissions are not confined: %s", why_not())
            self.kernel_manager_class = QuietKernel
        else:
            hidden = forbidden.files(assignment)
            self.kernel_manager_class = type("Kernel", (ConfinedKernel,), {"hidden": hidden})
        self._refusal, self._ended, self._judge = forbidden.refusal(assignment), False, Judge()
        try:
            return super().preprocess(nb, resources, km)
        finally:
            self._judge.close()

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Run a cell where it belongs; what the teacher wrote around the tests belongs to both."""
        if cell.cell_type == "code" and not (utils.is_grade(cell) and utils.is_locked(cell)):
            if self._refusal:  # the first cell
                self._relay(self._refusal, index)
                self._refusal = ""
            cell.outputs = self._outputs(cell, index, counted=True)
        if cell.cell_type == "code" and utils.is_locked(cell):
            place = f"<{cell.metadata.nbgrader.grade_id}>"
            outputs = self._judge.run(cell.source, place, lambda code: self._relay(code, index))
            if utils.is_grade(cell):
                cell.outputs = [nbformat.from_dict(output) for output in outputs]
        self.nb.cells[index] = cell  # to relay is to run a cell, which is stored in this one's place
        return cell, resources

    def _outputs(self, cell: NotebookNode, index: int, *, counted: bool = False) -> list[NotebookNode]:
        """What the submission's kernel makes of a cell, for as long as there is one."""
        self._room = ROOM
        if self._ended:
            return []
        try:
            return self.execute_cell(cell, index, store_history=counted).outputs
        except DeadKernelError:
            self._ended = True
            return [*cell.outputs, nbformat.v4.new_output("error", **ENDED)]

    def _relay(self, code: str, index: int) -> tuple[str, Any]:
        """Run code for the judge: what it printed, and its answer, or the error that it ended with."""
        if self._ended:
            return "", {"ename": "RuntimeError", "evalue": "is not there: a cell ended the Python that ran it"}
        outputs = self._outputs(nbformat.v4.new_code_cell(code), index)
        printed = "".join(each.text for each in outputs if each.output_type == "stream" and each.name == "stdout")
        for output in reversed(outputs):
            if output.output_type == "display_data" and MIME in output.data:
                return printed, output.data[MIME]
        late = any(output.get("ename") == self.error_on_timeout["ename"] for output in outputs)
        error = {"ename": "TimeoutError", "evalue": LATE}
        return printed, error if late else {"ename": "RuntimeError", "evalue": "ended the Python that ran it"}

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take what a cell shows, up to a limit."""
        if msg["msg_type"] in {"stream", "display_data", "execute_result", "update_display_data", "error"}:
            before, self._room = self._room, self._room - len(str(msg["content"]))
            if self._room < 0:
                held_back = "[More was printed, and is held back.]\n"
                if before >= 0:
                    cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=held_back))
                return None
        return super().process_message(msg, cell, cell_index)
