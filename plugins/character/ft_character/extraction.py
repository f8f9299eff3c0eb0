"""What ``character`` is shown, what the annotators answered, and how an answer is written into the tale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ft_core import OBJECT_TYPES, Character, NoGold, examples_by_event, find_character, split_aliases

if TYPE_CHECKING:
    from ft_core import Event, Example, Inputs, InputsOf, Output, Skipped, Story

__all__ = ["apply_output", "build_inputs", "extract_examples", "read_gold"]


def build_inputs(story: Story, event: Event) -> Inputs:
    """Show the segment, the characters known before this event with their aliases, and the tale's summary."""
    known = [{"name": each.name, "alias": ";".join(each.aliases)} for each in story.characters]
    return {"segment": event.text, "known_characters": known, "summary": story.summary}


def extract_examples(story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event of an annotated tale, or the reason why there is none."""
    return examples_by_event(story, inputs_of, read_gold)


def read_gold(story: Story, event: Event, inputs: Inputs) -> Output | NoGold:
    """Return the annotated doers and receivers, and the listed characters that were not known before.

    ``notes`` is not annotated and therefore always empty.
    """
    if not event.agents and not event.targets:
        return NoGold(".agents", "no agent or target is annotated")
    doers, receivers = _list_names(story, event.agents), _list_names(story, event.targets)
    known = {each["name"] for each in inputs["known_characters"]}
    return {
        "doers": doers,
        "receivers": receivers,
        "new_characters": [
            {"name": each.name, "alias": ";".join(each.aliases), "archetype": each.archetype}
            for each in _find_listed(story.characters, [*doers, *receivers])
            if each.name not in known
        ],
        "notes": "",
    }


def apply_output(story: Story, event: Event, output: Output) -> bool:
    """Write the names into the event and the new characters into the tale's list.

    The kind of target follows from the names, by the code book: ``character`` where a target is one of the tale's
    characters (or there is no target at all), else ``object``. The answer does not say what kind of object: one that the
    event already has stays, otherwise it is ``normal_object``.
    """
    for new in output["new_characters"]:
        if find_character(story.characters, new["name"].strip()) is None:
            story.characters.append(Character(new["name"].strip(), split_aliases(new["alias"]), new["archetype"]))
    event.agents = _list_names(story, output["doers"])
    event.targets = _list_names(story, output["receivers"])
    is_object = bool(event.targets) and not any(find_character(story.characters, name) for name in event.targets)
    event.target_type = "object" if is_object else "character"
    kept = event.object_type if event.object_type in OBJECT_TYPES else "normal_object"
    event.object_type = kept if is_object else ""
    return True


def _list_names(story: Story, names: Iterable[str]) -> list[str]:
    """Put the listed name for an alias; a name that comes twice is kept once."""
    found = ((name.strip(), find_character(story.characters, name.strip())) for name in names)
    return list(dict.fromkeys(character.name if character else name for name, character in found))


def _find_listed(characters: Sequence[Character], names: Iterable[str]) -> Iterator[Character]:
    found = (find_character(characters, name) for name in dict.fromkeys(names))
    return (character for character in found if character is not None)
