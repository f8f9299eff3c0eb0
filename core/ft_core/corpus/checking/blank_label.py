"""The blanks of a tale that cost it training examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass

from ft_core import codebook
from ft_core.corpus.checking.finding import Remark, shorten
from ft_core.corpus.checking.label_family import find_family, list_labels
from ft_core.corpus.reading.tale import Tale
from ft_core.story import ActionLabel, Event, Relationship

__all__ = ["find_blanks", "is_placeholder"]


def find_blanks(tale: Tale) -> Iterator[Remark]:
    """Yield a remark for every blank label that keeps an event from being an example of a step."""
    unknown = frozenset(repair.path for repair in tale.repairs if repair.rule == "unknown-label")
    search = _Search(tale.places.locate, unknown)
    for event in tale.story.events:
        yield from search.find(event)


def is_placeholder(event: Event) -> bool:
    """Say whether an event has no text and no labels; ``OTHER`` is none there, for it says that no function fits a text."""
    return not event.text.strip() and _is_bare(event) and event.event_type in ("", codebook.OTHER)


def _is_bare(event: Event) -> bool:
    who = event.agents or event.targets or event.relationships
    what = event.action or event.stac or event.annotations
    return not (who or what or event.instrument or event.object_type or event.description)


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for blanks in one tale.

    Attributes:
        locate: gives the path in the file of a path in the shape of version 3.
        unknown: where labels stand that no rule knows; they are errors already, and no blanks.
    """

    locate: Callable[[str], str]
    unknown: frozenset[str]

    def find(self, event: Event) -> Iterator[Remark]:
        if is_placeholder(event):
            yield Remark(event.path, "placeholder-event", "this event has neither a text nor labels; fill it in or remove it")
        elif not event.text.strip():
            message = "this event has labels and no text, so that no step learns from it; mark its text"
            yield self._say(f"{event.path}.text_span", "event-without-text", message)
        elif _is_bare(event) and self._is_blank(f"{event.path}.event_type", event.event_type):
            yield Remark(event.path, "unannotated-event", "this event has a text and no labels")
        else:
            yield from self._find_in_labels(event)

    def _find_in_labels(self, event: Event) -> Iterator[Remark]:
        if not event.agents and not event.targets:
            message = "this event names neither an agent nor a target, so that it does not show who takes part"
            yield self._say(f"{event.path}.agents", "nobody-named", message)
        if self._is_blank(f"{event.path}.event_type", event.event_type):
            message = "event_type is blank; where no function fits, set OTHER"
            yield self._say(f"{event.path}.event_type", "blank-event-type", message)
        yield from self._find_in_action(f"{event.path}.action_layer", event.action or ActionLabel())
        for index, relation in enumerate(event.relationships):
            yield from self._find_in_relation(f"{event.path}.relationships[{index}]", relation)

    def _find_in_action(self, path: str, action: ActionLabel) -> Iterator[Remark]:
        keys = ("category", "type", "context", "status", "function")
        if all(self._is_blank(f"{path}.{key}", getattr(action, key)) for key in keys):
            yield self._say(path, "blank-action", "the action is blank; set at least its category and type")
            return
        if self._is_blank(f"{path}.category", action.category):
            family = find_family(action.type, codebook.ACTION_TYPES)
            advice = f"; {action.type!r} is {family}" if family else ""
            yield self._say(f"{path}.category", "blank-action-category", f"the action's category is blank{advice}")
        if self._is_blank(f"{path}.type", action.type):
            category = action.category
            advice = f"; {category} actions are {list_labels(category, codebook.ACTION_TYPES)}" if category else ""
            yield self._say(f"{path}.type", "blank-action-type", f"the action's type is blank{advice}")

    def _find_in_relation(self, path: str, relation: Relationship) -> Iterator[Remark]:
        values = zip(_RELATION_FIELDS, astuple(relation), strict=True)
        blank = [key for key, value in values if self._is_blank(f"{path}.{key}", value)]
        if len(blank) == len(_RELATION_FIELDS):
            yield self._say(path, "blank-relation", "this relation has nothing set; fill it in or remove it")
            return
        for key in blank:
            rule, what = _RELATION_FIELDS[key]
            advice = self._advise(f"{path}.{key}", key, relation)
            yield self._say(f"{path}.{key}", rule, f"{what} is blank in {_describe(relation)}{advice}")

    def _advise(self, path: str, key: str, relation: Relationship) -> str:
        if key == "relationship_level2" and relation.level1:
            return f"; under {relation.level1} it is {list_labels(relation.level1, codebook.RELATIONSHIPS)}"
        if key == "relationship_level1" and relation.level2:
            return f"; {relation.level2!r} is {find_family(relation.level2, codebook.RELATIONSHIPS)}"
        if self.locate(path).endswith(f".{key}s"):  # the end of a flat relation is the event's only agent or target
            return f"; a relation of an older version is told only where the event has one {key}"
        return ""

    def _is_blank(self, path: str, value: str) -> bool:
        return not value and self.locate(path) not in self.unknown

    def _say(self, path: str, rule: str, message: str) -> Remark:
        return Remark(self.locate(path), rule, message)


_RELATION_FIELDS = {
    "agent": ("blank-relation-agent", "agent"),
    "target": ("blank-relation-target", "target"),
    "relationship_level1": ("blank-level", "level 1"),
    "relationship_level2": ("blank-level", "level 2"),
    "sentiment": ("blank-sentiment", "sentiment"),
}
"""The keys of a relation in the order of its attributes: the rule that a blank breaks, and what it is called."""


def _describe(relation: Relationship) -> str:
    ends = {" of ": relation.agent, " to ": relation.target}
    told = "".join(f"{word}{shorten(name)}" for word, name in ends.items() if name)
    return f"the relation{told}" if told else "this relation"
