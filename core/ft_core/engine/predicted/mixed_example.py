"""One example that was to be asked with predicted inputs, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ft_core.atomic import write_text
from ft_core.corpus.training_data import StepData
from ft_core.errors import PreparedDataError
from ft_core.example import find_filled
from ft_core.prompt import Prompt

__all__ = ["MixedExample", "apply_mixed", "read_mixed", "write_mixed"]


@dataclass(frozen=True, slots=True)
class MixedExample:
    """An example of a tale whose earlier steps were answered by their adapters.

    Attributes:
        file, path: where its event is, as messages have it.
        story, event: which example it is.
        reason: why it keeps the annotators' inputs; ``""`` where it has predicted ones.
        detail: more about the reason, for this example alone.
        inputs: the predicted ones, None where it keeps the annotators'.
        system, user: the prompt that was made of them.
    """

    file: str
    path: str
    story: str
    event: str
    reason: str = ""
    detail: str = ""
    inputs: Mapping[str, Any] | None = None
    system: str = ""
    user: str = ""

    @property
    def prompt(self) -> Prompt:
        """The prompt with the predicted inputs."""
        return Prompt(self.system, self.user)


def apply_mixed(data: StepData, mixed: Iterable[MixedExample]) -> StepData:
    """Return a step's data in which some training examples are asked with predicted inputs; the answers are the same."""
    changed = {(each.story, each.event): each for each in mixed if each.inputs is not None}
    train, examples = list(data.train), list(data.examples)
    for place, text in enumerate(train):
        new = changed.get((text.story_id, text.event_id))
        if new is None:
            continue
        train[place] = replace(text, prompt=new.prompt, filled=find_filled(new.inputs or {}))
        if place < len(examples):
            examples[place] = replace(examples[place], inputs=new.inputs or {}, prompt=new.prompt)
    return replace(data, train=tuple(train), examples=tuple(examples))


def write_mixed(path: Path, mixed: Sequence[MixedExample]) -> None:
    """Write one line for each, complete or not at all.

    Raises:
        OutputError: no space or no permission.
    """
    write_text(path, "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in mixed))


def read_mixed(path: Path) -> list[MixedExample] | None:
    """Read what :func:`write_mixed` wrote; None where there is no such file.

    Raises:
        PreparedDataError: the file is not one of ours.
    """
    if not path.exists():
        return None
    check = TypeAdapter(MixedExample)
    try:
        # Not splitlines(): a tale may hold U+2028, which is a line end for it.
        return [check.validate_json(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, ValueError, ValidationError) as error:
        why = str(error).splitlines()[0]
        raise PreparedDataError(f"{path} cannot be used: {why}. Train the step anew with --overwrite.") from error
