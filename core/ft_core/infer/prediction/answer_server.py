"""The other side of :mod:`ft_core.infer.prediction.answer_process`: a process that answers what it is sent."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TextIO

from ft_core.errors import FtCoreError
from ft_core.infer.answerer import Answerer
from ft_core.infer.generate.open_run import open_run
from ft_core.prompt import Prompt

__all__ = ["main", "serve"]


def serve(answerer: Answerer, questions: TextIO, answers: TextIO) -> None:
    """Answer lines of questions until there are no more.

    Args:
        answerer: who answers.
        questions: JSON lines ``{"step", "prompts": [{"system", "user"}], "how": {…}}``, the last for :meth:`Answerer.ask`.
        answers: gets a JSON line for each, ``{"replies": [{"text", …}]}``.
    """
    for line in questions:
        request = json.loads(line)
        prompts = [Prompt(**each) for each in request["prompts"]]
        replies = answerer.ask(request["step"], prompts, **request["how"])
        _write(answers, {"replies": [asdict(reply) for reply in replies]})


def _write(answers: TextIO, document: object) -> None:
    answers.write(json.dumps(document) + "\n")
    answers.flush()


def main(arguments: Sequence[str]) -> int:
    """Open a run and answer for one of its steps.

    Args:
        arguments: the run's folder, the step, the device, and the most prompts that are answered together.
    """
    answers = _take_stdout()
    run, step, rows = arguments[0], arguments[1], int(arguments[3])
    device: Any = arguments[2]
    try:
        # Whoever asks has told what has changed since the adapter was trained.
        serve(open_run(run, steps=[step], device=device, batch_size=rows, allow_drift=True).answerer, sys.stdin, answers)
    except FtCoreError as error:
        _write(answers, {"problem": str(error)})
        return error.exit_code
    return 0


def _take_stdout() -> TextIO:
    """Return the standard output, to which nobody else can write any more: what libraries print goes to the error output."""
    kept = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
