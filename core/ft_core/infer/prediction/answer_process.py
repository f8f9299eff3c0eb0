"""Asking an adapter in a process of its own, for bases that cannot answer in the process that trains them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from typing import IO, Any, cast

from ft_core.engine.loading import LoadedBase
from ft_core.engine.memory import release_memory
from ft_core.errors import InferenceError
from ft_core.infer.answerer import Answerer
from ft_core.infer.reply import Reply
from ft_core.prompt import Prompt
from ft_core.step import Step

__all__ = ["AnswerProcess", "answering_elsewhere"]

_SERVER = "ft_core.infer.prediction.answer_server"
_ROWS = 16  # few prompts at once: the base that is being trained keeps its place on the GPU
_TOLD = 5  # lines of what a process that failed has printed


class AnswerProcess:
    """What asks the process, with one JSON document a line: the questions in, the replies out.

    Args:
        questions: what the process reads.
        answers: what it writes.
        log: what it prints besides.
    """

    def __init__(self, questions: IO[str], answers: IO[str], log: IO[bytes]) -> None:
        self._questions, self._answers, self._log = questions, answers, log

    def ask(
        self,
        step: str,
        prompts: Sequence[Prompt],
        *,
        adapter: bool = True,
        constrained: bool = True,
        schemas: Sequence[Mapping[str, Any] | None] | None = None,
        max_new_tokens: int | None = None,
        on_answered: Callable[[int], None] | None = None,
    ) -> list[Reply]:
        """Return one reply to each prompt, in their order, as :class:`ft_core.infer.answerer.Answerer` has it.

        Raises:
            InferenceError: the process cannot answer, and says why; or it has ended, with the last lines that it printed.
        """
        pairs = [asdict(prompt) for prompt in prompts]
        how = {"adapter": adapter, "constrained": constrained, "schemas": schemas, "max_new_tokens": max_new_tokens}
        request = {"step": step, "prompts": pairs, "how": how}
        with suppress(BrokenPipeError):  # it may have said why before it ended
            self._questions.write(json.dumps(request) + "\n")
            self._questions.flush()
        line = self._answers.readline()
        if not line.endswith("\n"):
            raise InferenceError(f"the process that answers has ended: {self._read_last()}")
        said = json.loads(line)
        if "problem" in said:
            raise InferenceError(said["problem"])
        if on_answered:
            on_answered(len(prompts))
        return [Reply(**each) for each in said["replies"]]

    def _read_last(self) -> str:
        self._log.seek(0)
        lines = [line for line in self._log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return "\n".join(lines[-_TOLD:]) or "it printed nothing; perhaps the system has killed it for want of memory"


@contextmanager
def answering_elsewhere(loaded: LoadedBase, step: Step, folder: Path) -> Iterator[Answerer]:
    """Start a process that opens a run with one step's adapter, and give what asks it; it ends with the block.

    Args:
        loaded: the base of the run, for its device.
        step: whose adapter it is.
        folder: the adapter's, in the run's folder.
    """
    release_memory(loaded.device)
    command = [sys.executable, "-m", _SERVER, str(folder.parent), step.name, loaded.device, str(_ROWS)]
    # What can be imported here can be imported there: a step may be on the path by other means than its installation.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    with TemporaryFile() as log:
        process = Popen(command, env=environment, stdin=PIPE, stdout=PIPE, stderr=log, encoding="utf-8")
        with process:
            try:
                yield AnswerProcess(cast(IO[str], process.stdin), cast(IO[str], process.stdout), log)
            finally:
                process.kill()
                process.communicate()  # takes what is still in the pipes, and minds no broken one
