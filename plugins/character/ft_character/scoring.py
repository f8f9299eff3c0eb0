"""How right ``character`` answers are: who acts, who is acted on, and who is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ft_core import Accuracy, Character, ScoreRow, SetF1, find_character, make_score_sheet, split_aliases

if TYPE_CHECKING:
    from ft_core import Answer, Metric, Output, ScoreSheet

__all__ = ["score_outputs"]

_PARTICIPANTS, _DOERS, _RECEIVERS = SetF1("participants_f1"), SetF1("doers_f1"), SetF1("receivers_f1")
_NEW = SetF1("new_characters_f1")
_ARCHETYPE = Accuracy("archetype_accuracy")
_NOT_FOUND = "the answer does not have this new character"
_BLANK_ARCHETYPE = "the archetype is blank in gold"


def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Count the names that are right in each role, and the archetypes of the new characters that gold and answer share.

    A name stands for the character that it names: one that was known before, or one that is new in gold, each by its listed
    name or an alias. An empty list in gold is an answer, "nobody", since somebody looked at the event. ``alias`` and
    ``notes`` are not scored.
    """
    metrics: list[Metric] = [_PARTICIPANTS, _DOERS, _RECEIVERS, _NEW, _ARCHETYPE]
    return make_score_sheet([_count(answer) for answer in answers], metrics)


def _count(answer: Answer) -> ScoreRow:
    row, predicted = ScoreRow(), answer.predicted or {}
    characters = _list_characters(answer)
    gold_roles, predicted_roles = _list_roles(characters, answer.expected), _list_roles(characters, predicted)
    _PARTICIPANTS.compare(row, gold_roles, predicted_roles)
    for role, metric in (("doers", _DOERS), ("receivers", _RECEIVERS)):
        metric.compare(
            row, {each for each in gold_roles if each[0] == role}, {each for each in predicted_roles if each[0] == role}
        )
    _compare_new(row, _index_new(characters, answer.expected), _index_new(characters, predicted))
    return row


def _compare_new(row: ScoreRow, gold: Mapping[str, tuple[int, str]], predicted: Mapping[str, tuple[int, str]]) -> None:
    _NEW.compare(row, gold.keys(), predicted.keys())
    for name, (number, archetype) in gold.items():
        if not archetype:
            row.leave_out(f"$.new_characters[{number}].archetype", _BLANK_ARCHETYPE, (_ARCHETYPE.name,))
        elif name in predicted:
            _ARCHETYPE.compare(row, archetype, predicted[name][1])
            row.pair("archetype", archetype, predicted[name][1])
        else:
            row.leave_out(f"$.new_characters[{number}].archetype", _NOT_FOUND, (_ARCHETYPE.name,))


def _list_characters(answer: Answer) -> list[Character]:
    """Return the characters whose names are settled: those that were known, and those that are new in gold."""
    listed: Iterable[Mapping[str, Any]] = (*answer.inputs.get("known_characters", ()), *answer.expected["new_characters"])
    return [Character(each["name"], split_aliases(each["alias"])) for each in listed]


def _resolve(characters: Sequence[Character], name: str) -> str:
    found = find_character(characters, name.strip())
    return found.name if found else name.strip()


def _list_roles(characters: Sequence[Character], output: Output) -> set[tuple[str, str]]:
    return {(role, _resolve(characters, name)) for role in ("doers", "receivers") for name in output.get(role, ())}


def _index_new(characters: Sequence[Character], output: Output) -> dict[str, tuple[int, str]]:
    """Return the place and the archetype of each new character, by its settled name."""
    new = enumerate(output.get("new_characters", ()))
    return {_resolve(characters, each["name"]): (number, each["archetype"]) for number, each in new}
