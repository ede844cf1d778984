"""The tests' own process: a test runs here, among the teacher's names, and asks the submission for numbers.

The submission is in another process, its kernel. A function of its that a test calls is one of `Submission`'s here: it
sends the arguments there, and what comes back is made of lists, arrays and numbers, and of nothing that could run. So a
submission can neither shadow nor patch what judges it, nor read it.
"""

import builtins
import contextlib
import dis
import inspect
import io
import itertools
import json
import linecache
import multiprocessing
import re
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from types import CodeType
from typing import Any

import cloudpickle
import numpy as np

LATE = "was stopped: is there a loop that never ends, or does it wait for something?"

# Run in the submission's kernel, in a namespace of its own, with `name`, `payload`, `mime` and `theirs` in it.
ANSWER = '''
import base64, inspect, json, traceback
import cloudpickle
import numpy as np
from IPython.display import display

def coded(value, depth=16):
    """A value as JSON takes it."""
    if value is None or type(value) in (bool, int, float, str):
        return {"is": value}
    if isinstance(value, (list, tuple)) and depth:
        return {"tuple" if isinstance(value, tuple) else "list": [coded(each, depth - 1) for each in value]}
    if hasattr(type(value), "__array__") and not isinstance(value, np.ma.MaskedArray):
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            return {"array": array.tolist(), "type": array.dtype.str, "scalar": isinstance(value, np.generic)}
    return {"other": type(value).__name__, "said": repr(value)[:200]}

def answer():
    if name not in theirs:
        return {"error": ["NameError", f"name {name!r} is not defined", ""]}
    function = theirs[name]
    if payload is None:
        try:
            parameters = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            return {"parameters": None}
        return {"parameters": [[each.name, each.kind.name, each.default is not each.empty] for each in parameters]}
    arguments, named = cloudpickle.loads(base64.b64decode(payload))
    before = [json.dumps(coded(each)) for each in arguments]
    try:
        value = function(*arguments, **named)
    except Exception as error:
        where = "".join(traceback.format_exception(error.with_traceback(error.__traceback__.tb_next)))
        return {"error": [type(error).__name__, str(error), where]}
    after = [coded(each) for each in arguments]
    changed = {at: each for at, each in enumerate(after) if json.dumps(each) != before[at]}
    return {"value": coded(value), "changed": changed}

display({mime: json.dumps(answer())}, raw=True)
'''
MIME = "text/x-answer"


def question(name: str, payload: str | None) -> str:
    """The code that asks for an answer, in the submission's kernel."""
    given = {"name": name, "payload": payload, "mime": MIME}
    return f"exec({ANSWER!r}, {{**{given!r}, 'theirs': globals()}})"


def decoded(answer: Any) -> Any:
    """A value of the submission's, from its JSON. What is no number, text or list is there as its name alone."""
    if "is" in answer and isinstance(answer["is"], (bool, int, float, str, type(None))):
        return answer["is"]
    for kind in (list, tuple):
        if kind.__name__ in answer:
            return kind(map(decoded, answer[kind.__name__]))
    if "array" in answer and re.fullmatch(r"[<>|=][biuf]\d+", answer["type"]):
        array = np.array(answer["array"], dtype=answer["type"])
        return array[()] if answer["scalar"] else array
    said = str(answer["said"])[:200]
    return type(str(answer["other"])[:60], (), {"__repr__": lambda self: said})()


class Submission:
    """The functions of a submission, called over there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = itertools.count()

    def _ask(self, name: str, payload: str | None) -> dict[str, Any]:
        """The answer to this question: one that a test no longer waited for may come before it."""
        number = next(self._numbers)
        self._connection.send((number, name, payload))
        while True:
            answered, printed, answer = self._connection.recv()
            if answered == number:
                print(printed, end="")
                return answer

    def function(self, name: str) -> Callable[..., Any]:
        """What the submission calls by this name."""

        def call(*arguments: Any, **named: Any) -> Any:
            answer = self._ask(name, b64encode(cloudpickle.dumps((arguments, named))).decode())
            if "error" in answer:
                raise _error(*map(str, answer["error"]))
            for at, changed in answer["changed"].items():
                _overwrite(arguments[int(at)], decoded(changed))
            return decoded(answer["value"])

        call.__name__ = call.__qualname__ = name
        parameters = self._ask(name, None).get("parameters")
        if parameters is not None:
            with contextlib.suppress(ValueError):
                call.__signature__ = inspect.Signature([_parameter(*each) for each in parameters])
        return call


def _parameter(name: str, kind: str, optional: bool) -> inspect.Parameter:
    default = ... if optional else inspect.Parameter.empty
    return inspect.Parameter(name, getattr(inspect.Parameter, kind), default=default)


def _overwrite(given: Any, now: Any) -> None:
    """Change an argument as the submission did: whether it may is the test's to say."""
    if isinstance(given, list) and isinstance(now, list):
        given[:] = now
    elif isinstance(given, np.ndarray) and np.shape(now) == given.shape:
        given[...] = now


def _error(name: str, text: str, where: str) -> BaseException:
    """An error like the submission's, with the place where it was raised."""
    known = np.linalg.LinAlgError if name == "LinAlgError" else getattr(builtins, name, None)
    plain = isinstance(known, type) and issubclass(known, Exception) and not issubclass(known, UnicodeError | OSError)
    error = known(text) if plain else RuntimeError(f"{name}: {text}")
    if where:
        error.add_note(f"In the submission:\n{where}")
    return error


def _wanted(code: CodeType) -> set[str]:
    """The names that a cell takes from those before it, or from the submission."""
    steps = list(dis.get_instructions(code))
    made = {step.argval for step in steps if step.opname == "STORE_NAME"}
    return {*_taken(code)} - made - {*dir(builtins)}


def _taken(code: CodeType) -> Iterator[str]:
    for step in dis.get_instructions(code):
        if step.opname in {"LOAD_NAME", "LOAD_GLOBAL"}:
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _taken(constant)


def _run(source: str, place: str, namespace: dict[str, Any], submission: Submission) -> list[dict[str, Any]]:
    """The outputs of a cell of the teacher's, as a notebook stores them."""
    printed, outputs = io.StringIO(), []
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            code = compile(source, place, "exec")
            theirs = {name: submission.function(name) for name in _wanted(code) - namespace.keys()}
            namespace.update(theirs)
            try:
                exec(code, namespace)
            finally:
                for name in theirs:
                    del namespace[name]
    except BaseException as error:
        lines = traceback.format_exception(error.with_traceback(error.__traceback__ and error.__traceback__.tb_next))
        failed = {"ename": type(error).__name__, "evalue": str(error), "traceback": ["".join(lines)]}
        outputs = [{"output_type": "error", **failed}]
    said = printed.getvalue()
    return [{"output_type": "stream", "name": "stdout", "text": said}] * bool(said) + outputs


def _serve(connection: Connection) -> None:
    """Run the cells that come, in this process."""
    namespace: dict[str, Any] = {"__name__": "__main__"}  # so that a test's functions are sent as they are
    submission = Submission(connection)
    with contextlib.suppress(EOFError):
        while True:
            source, place = connection.recv()
            outputs = _run(source, place, namespace, submission)
            connection.send(outputs)


class Judge:
    """The process, as it is spoken to."""

    def __init__(self) -> None:
        # A new Python, since a fork would have this one's kernels and threads. Having a parent, it makes no copies of
        # itself to call a submission's function in: the submission is elsewhere already.
        spawn = multiprocessing.get_context("spawn")
        self._connection, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def run(self, source: str, place: str, relay: Callable[[str], tuple[str, Any]]) -> list[dict[str, Any]]:
        """The outputs of a cell; `relay` runs code in the submission's kernel, and gives what was printed and said."""
        self._connection.send((source, place))
        while True:
            got = self._connection.recv()
            if isinstance(got, list):
                return got
            number, name, payload = got
            self._connection.send((number, *_answered(*relay(question(name, payload)), name)))

    def close(self) -> None:
        """End it."""
        self._connection.close()
        self._process.kill()
        self._process.join()


def _answered(printed: str, said: Any, name: str) -> tuple[str, dict[str, Any]]:
    """What a submission said to a question, or in its place an error."""
    if isinstance(said, dict):
        return printed, {"error": [said["ename"], f"{name} {said['evalue']}", ""]}
    try:
        answer = json.loads(said)
        if not {"error", "parameters"} & answer.keys():
            decoded(answer["value"])
            answer["changed"].items()
    except Exception:  # whoever forges an answer may say anything
        return printed, {"error": ["ValueError", f"{name} gave something that cannot be read", ""]}
    return printed, answer
