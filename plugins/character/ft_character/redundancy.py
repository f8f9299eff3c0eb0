"""What a list of new characters says that is known already, or that it says twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ft_core import split_aliases

__all__ = ["Redundancy", "find_redundancies"]


@dataclass(frozen=True, slots=True)
class Redundancy:
    """A name or an alias that says nothing new.

    Attributes:
        number: which new character has it.
        key: where.
        text: the name or the alias.
        reason: why it says nothing.
    """

    number: int
    key: Literal["name", "alias"]
    text: str
    reason: str


def find_redundancies(new: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> Iterator[Redundancy]:
    """Yield names of new characters that are known, by name or by an alias, or given before, and aliases that are known.

    Blank names are passed over: they are wrong, and stand for nobody.
    """
    owners = _list_owners(known)
    given: set[str] = set()
    for number, each in enumerate(new):
        name = each["name"].strip()
        if reason := _tell_known(name, owners) or (f"{name!r} is given twice" if name in given else ""):
            yield Redundancy(number, "name", name, reason)
        given |= {name} - {""}
        for alias in split_aliases(each["alias"]):
            if reason := _tell_known(alias, owners):
                yield Redundancy(number, "alias", alias, reason)


def _list_owners(known: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return who has each known name or alias; a listed name comes before an alias."""
    owners: dict[str, list[str]] = {}
    for each in known:
        for alias in split_aliases(each["alias"]):
            owners.setdefault(alias, []).append(each["name"])
    return owners | {each["name"]: [each["name"]] for each in known if each["name"].strip()}


def _tell_known(name: str, owners: Mapping[str, Sequence[str]]) -> str:
    return f"{name!r} is already known, as {' and '.join(map(repr, owners[name]))}" if name in owners else ""
