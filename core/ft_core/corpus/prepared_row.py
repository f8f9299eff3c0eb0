"""One line of a prepared JSONL file, ours or the users' older tool's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.corpus.reading.document import is_encodable
from ft_core.errors import PreparedDataError
from ft_core.example import Example, Output, TrainingText
from ft_core.prompt import Prompt

__all__ = ["PreparedRow", "as_example", "read_rows"]

_KEYS = ("instruction", "input", "output")
_TOLD = 10


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """A line with its three texts; ``number`` counts from 1."""

    number: int
    instruction: str
    input: str
    output: str

    def as_text(
        self, story_id: str, event_id: str, system_chars: int = 0, filled: Mapping[str, bool] | None = None
    ) -> TrainingText:
        """Return what the engine trains on.

        Args:
            story_id: the tale of the line.
            event_id: the event of the line.
            system_chars: how many characters of the instruction are the system text, which a blank line ends.
            filled: for each input whether it holds something, where that is known.
        """
        system, user = self.instruction[:system_chars], self.instruction[system_chars:]
        user = user.removeprefix("\n\n") if system else user
        parts = "\n\n".join(part for part in (user, self.input) if part)
        return TrainingText(Prompt(system, parts), self.output, story_id, event_id, filled or {})


def read_rows(path: Path, data: bytes) -> list[PreparedRow]:
    """Read the lines of a prepared file; blank ones are passed over.

    Args:
        path: the file, for messages.
        data: its bytes.

    Raises:
        PreparedDataError: with the line and the reason of the first ten problems.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PreparedDataError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8.") from error
    rows: list[PreparedRow] = []
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines() would cut at U+2028 inside a string
        if line.strip():
            row = _parse(line)
            if isinstance(row, str):
                problems.append(f"{path}:{number}: {row}")
            else:
                rows.append(PreparedRow(number, *(row[key] for key in _KEYS)))
    if problems:
        raise _tell(problems)
    return rows


def as_example(text: TrainingText) -> Example:
    """Return the example of a line, as a step's ``configure_lora`` sees it; its inputs are not known any more."""
    return Example({}, _parse_output(text.completion), text.story_id, text.event_id, text.prompt)


def _parse(line: str) -> dict[str, Any] | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    if not isinstance(value, dict):
        return "not a JSON object"
    return "; ".join(_find_problems(value)) or value


def _find_problems(value: dict[str, Any]) -> Iterator[str]:
    for key in _KEYS:
        if key not in value:
            yield f'the key "{key}" is missing'
        elif not isinstance(value[key], str):
            yield f'"{key}" is not a string'
        elif not is_encodable(value[key]):
            yield f'"{key}" holds half of a surrogate pair, which is no character'
        elif key != "input" and not value[key].strip():
            yield f'"{key}" is empty'


def _parse_output(completion: str) -> Output:
    try:
        value = json.loads(completion)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"text": completion}


def _tell(problems: Sequence[str]) -> PreparedDataError:
    told = "\n".join(f"  - {problem}" for problem in problems[:_TOLD])
    more = f"\n  and {len(problems) - _TOLD} more" if len(problems) > _TOLD else ""
    return PreparedDataError(
        "Some lines cannot be trained on; each must be a JSON object with the strings "
        f'"instruction", "input" and "output":\n{told}{more}\nMend the lines or prepare the folder again.'
    )
