"""What a step may see of a tale, in training as at inference."""

from __future__ import annotations

from ft_core import ActionLabel, Character, Event, Stac, Story, TextSpan
from ft_core.view import StoryViewer


def make_story() -> Story:
    def event(number: int, agents: list[str], targets: list[str]) -> Event:
        return Event(
            f"e{number}", f"$[{number}]", TextSpan(0, 1, f"text {number}"), number, agents, targets, "character",
            instrument="horn", action=ActionLabel("physical", "attack"), stac=Stac("s"), event_type="LACK", description="d",
        )  # fmt: skip

    cast = [Character("Zoe"), Character("Wolf", ("beast", "grey one")), Character("Ali", ("boy",)), Character("Extra")]
    events = [event(0, ["boy"], []), event(1, ["beast"], ["stone"]), event(2, ["Zoe"], ["Ali"])]
    return Story("t", "Title", "Any", "en", "text", "summary", "t.json", cast, events, document={"analysis": "gold"})


def see(shown: set[str], position: int) -> tuple[Story, Event]:
    story = make_story()
    return StoryViewer(story, shown).view(story.events[position])


def test_an_earlier_event_is_seen_as_it_stands() -> None:
    story, _ = see(set(), 1)
    assert story.events[0] == make_story().events[0]


def test_of_the_event_itself_only_what_earlier_steps_write_is_seen() -> None:
    story, event = see({"agents", "instrument"}, 1)
    assert event is story.events[1]
    assert event == Event("e1", "$[1]", TextSpan(0, 1, "text 1"), 1, agents=["beast"], instrument="horn")


def test_of_a_later_event_only_the_text_is_seen() -> None:
    story, _ = see({"agents", "targets", "stac", "event_type"}, 1)
    assert story.events[2] == Event("e2", "$[2]", TextSpan(0, 1, "text 2"), 2)


def test_characters_are_those_named_in_earlier_events_in_order_of_appearance() -> None:
    story, _ = see(set(), 2)
    assert [character.name for character in story.characters] == ["Ali", "Wolf"]


def test_a_step_that_sees_who_acts_also_sees_the_characters_named_in_this_event() -> None:
    story, _ = see({"agents", "targets", "characters"}, 2)
    assert [character.name for character in story.characters] == ["Ali", "Wolf", "Zoe"]
    story, _ = see({"agents", "targets", "characters"}, 0)
    assert [character.name for character in story.characters] == ["Ali"]


def test_a_character_named_only_in_an_event_without_text_is_not_known() -> None:
    story = make_story()
    story.events[0].span = None
    assert [character.name for character in StoryViewer(story, set()).view(story.events[2])[0].characters] == ["Wolf"]


def test_the_tale_itself_is_seen_without_its_other_annotations() -> None:
    story, _ = see(set(), 0)
    assert (story.id, story.title, story.language, story.text, story.summary) == ("t", "Title", "en", "text", "summary")
    assert story.annotations == {}
