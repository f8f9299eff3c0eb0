from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core import codebook
from ft_core.corpus.reading.files import TaleFile
from ft_core.corpus.reading.loading import load_all_annotated_stories, read_tales
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.structure import list_structure_problems
from ft_core.corpus.reading.tale import read_tale
from ft_core.corpus.reading.v3 import read_v3
from ft_core.corpus.rewriting.tale_writing import as_v3, write_tale
from ft_core.errors import OutputError, TaleError
from ft_core.story import ActionLabel, Character, Event, Relationship, Stac, Story, TextSpan
from tests.corpus.older_tales import make_tale_v1, make_tale_v2
from tests.tales import make_event, make_tale

ODD_TIE = {
    "agent": " Reynard",
    "target": "self",
    "relationship_level1": "stranger",
    "relationship_level2": "neutral",
    "since": 3,
}


def make_odd_tale() -> dict[str, Any]:
    """Return a tale that hardly has a value which is read as it stands, and keys that nobody knows."""
    events = [
        make_event(1, time_order=2, event_type="a", colour="red", relationships=[ODD_TIE], targets=["self", "", "Reynard"]),
        None,
        make_event(
            3, id="e1", time_order=None, description="The fox thanked", object_type="price", stac={"task": " ", "by": "x"}
        ),
        make_event(2, time_order=1, action_layer={"type": "GIVE", "mood": "calm"}, text_span=None, annotations=None),
    ]
    characters = [
        {"name": "Fox ", "alias": "Reynard;; Fox", "age": 7, "archetype": "Helper"},
        {"name": " "},
        {"name": "self", "alias": "Reynard"},
        {"name": "Fox", "alias": "the red one", "archetype": "Hero"},
    ]
    return make_tale(
        version="3.1", narrative_events=events, characters=characters, source_info={"language": "zh"}, editor=["B"], analysis=[]
    )


def read(tale: dict[str, Any], rules: Rules | None = None) -> Story:
    story, _ = read_v3(tale, "tale.json", rules or Rules())
    return story


def list_changes(before: Any, after: Any, path: str = "$") -> list[str]:
    """Return the paths at which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = list(dict.fromkeys([*before, *after]))
        return [each for key in keys for each in list_changes(before.get(key, ...), after.get(key, ...), f"{path}.{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        places = enumerate(zip(before, after, strict=True))
        return [each for index, (old, new) in places for each in list_changes(old, new, f"{path}[{index}]")]
    return [] if before == after else [path]


@pytest.mark.parametrize(
    "without", [(), ("outer-spaces", "self-character", "time-order", "propp-code", "duplicate-character-merged")]
)
@pytest.mark.parametrize("make", [make_tale, make_odd_tale])
def test_a_tale_that_nobody_changed_is_written_as_it_was_read(make: Any, without: tuple[str, ...]) -> None:
    tale, rules = make(), Rules.without(without)
    story = read(tale, rules)
    assert json.dumps(as_v3(story, rules)) == json.dumps(tale)


@pytest.mark.parametrize("make", [make_tale_v1, make_tale_v2])
def test_an_older_tale_is_written_as_version_3(make: Any) -> None:
    raw = RawTale("t.json", json.dumps(make()).encode(), TaleFile("t.json", Path("t.json")))
    story = read_tale(raw, Rules()).story
    written = as_v3(story)
    assert written["version"] == "3.0"
    assert list_structure_problems(written, "t.json", 3) == []
    assert written["narrative_events"][0]["action_layer"]["type"] == "give"
    assert read(written).characters == story.characters


def set_instrument(story: Story) -> None:
    story.events[0].instrument = "rope"


def set_action_type(story: Story) -> None:
    assert story.events[0].action is not None
    story.events[0].action.type = "exchange"


def set_sentiment(story: Story) -> None:
    story.events[1].relationships[0].sentiment = "fearful"


def set_level(story: Story) -> None:
    story.events[1].relationships[0].level1 = "Adversarial"
    story.events[1].relationships[0].level2 = "enemy"


def set_agents(story: Story) -> None:
    story.events[1].agents = ["Crane", "Heron"]


def set_span(story: Story) -> None:
    story.events[1].span = TextSpan(0, 4, "Once a fox lived by a river.")


def set_stac(story: Story) -> None:
    story.events[3].stac = Stac(task="to thank")


def set_title(story: Story) -> None:
    story.title = "The Red One"


def set_summary(story: Story) -> None:
    story.summary = "A fox thanks a crane."


def set_archetype(story: Story) -> None:
    story.characters[0].archetype = "Mentor"


def set_annotations(story: Story) -> None:
    story.events[2].annotations["moral"] = {"moral": "x"}


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        (set_instrument, ["$.narrative_events[3].instrument"]),
        (set_action_type, ["$.narrative_events[3].action_layer.type"]),
        (set_sentiment, ["$.narrative_events[0].relationships[0].sentiment"]),
        (
            set_level,
            [
                "$.narrative_events[0].relationships[0].relationship_level1",
                "$.narrative_events[0].relationships[0].relationship_level2",
            ],
        ),
        (set_agents, ["$.narrative_events[0].agents"]),
        (set_span, ["$.narrative_events[0].text_span.end"]),
        (set_stac, ["$.narrative_events[2].stac.task"]),
        (set_title, ["$.metadata.title"]),
        (set_summary, ["$.analysis"]),
        (set_archetype, ["$.characters[0].archetype", "$.characters[3].archetype"]),
        (set_annotations, ["$.narrative_events[1]"]),
    ],
)
def test_a_change_is_written_and_nothing_else(change: Any, paths: list[str]) -> None:
    tale = make_odd_tale()
    story = read(tale)
    assert [event.path[-3:] for event in story.events] == ["[3]", "[0]", "[1]", "[2]"]
    change(story)
    written = as_v3(story)
    assert list_changes(tale, written) == paths
    assert tale == make_odd_tale()
    assert read(written) == story


def test_a_value_that_another_change_would_turn_is_written_too() -> None:
    tale = make_tale(narrative_events=[make_event(1, targets=["Reynard"], relationships=[])])
    story = read(tale)
    story.characters[0].aliases = ("the red one",)
    assert list_changes(tale, as_v3(story)) == ["$.characters[0].alias", "$.narrative_events[0].targets[0]"]


def test_an_event_that_is_gone_is_taken_out_and_a_new_one_comes_last_with_every_key() -> None:
    tale = make_odd_tale()
    story = read(tale)
    del story.events[0]
    story.events.append(Event("new", time_order=9, agents=["Fox"], action=ActionLabel("mental", "plan")))
    written = as_v3(story)
    assert [event["id"] for event in written["narrative_events"]] == ["e1", "event-2", "event-3", "new"]
    assert written["narrative_events"][0] == tale["narrative_events"][0]
    assert written["narrative_events"][3] == {
        "id": "new",
        "text_span": None,
        "event_type": "",
        "description": "",
        "agents": ["Fox"],
        "targets": [],
        "target_type": "",
        "object_type": "",
        "instrument": "",
        "time_order": 9,
        "relationships": [],
        "action_layer": {"category": "mental", "type": "plan", "context": "", "status": "", "function": ""},
    }
    assert [(event.id, event.time_order) for event in read(written).events] == [
        (event.id, event.time_order) for event in story.events
    ]


def test_characters_that_are_gone_are_taken_out_and_new_ones_come_last() -> None:
    tale = make_odd_tale()
    story = read(tale)
    story.characters = [Character("Heron", ("the tall one", "wader"), "Mentor")]
    assert as_v3(story)["characters"] == [
        {"name": " "},
        {"name": "self", "alias": "Reynard"},
        {"name": "Heron", "alias": "the tall one; wader", "archetype": "Mentor"},
    ]


def test_of_relations_those_that_stay_keep_what_nobody_reads() -> None:
    ties = [{"agent": name, "target": "Fox", "sentiment": "neutral", "note": name} for name in ("A", "B", "C")]
    story = read(make_tale(narrative_events=[make_event(1, relationships=ties)]))
    event = story.events[0]
    event.relationships = [Relationship("D", "Fox"), event.relationships[2], event.relationships[1]]
    written = as_v3(story)["narrative_events"][0]["relationships"]
    assert [(tie["agent"], tie["sentiment"], tie["note"]) for tie in written] == [
        ("D", "", "A"),
        ("C", "neutral", "C"),
        ("B", "neutral", "B"),
    ]


def test_a_story_that_was_made_gives_a_complete_file(tmp_path: Path) -> None:
    event = Event("e1", span=TextSpan(0, 5, "Once."), time_order=1, event_type="LACK", stac=Stac(action="lives"))
    story = Story("made", "A Tale", "Indian", "en", "Once.", "Short.", characters=[Character("Fox")], events=[event])
    write_tale(story, tmp_path / "deep" / "made.json")
    (again,) = load_all_annotated_stories(tmp_path)
    assert as_v3(again) == as_v3(story)
    again.source = again.events[0].path = ""
    event.path = ""
    assert again == story
    assert list(as_v3(story)) == [
        "version", "metadata", "source_info", "characters", "narrative_events", "themes_and_motifs", "analysis",
    ]  # fmt: skip


def test_a_story_that_was_made_without_anything_is_a_tale() -> None:
    assert as_v3(Story("none"))["metadata"]["id"] == "none"
    assert list_structure_problems(as_v3(Story("none")), "t.json", 3) == []


def test_two_events_with_one_id_cannot_be_written() -> None:
    with pytest.raises(TaleError) as caught:
        as_v3(Story("fox", events=[Event("e1"), Event("e2"), Event("e1")]))
    assert str(caught.value) == "fox: several events have the id 'e1'; give each its own."


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_tale(Story("fox"), tmp_path / "file" / "fox.json")


NAMES = st.sampled_from(["Fox", "Crane", "Heron", "Reynard", "狐"])
TEXTS = st.sampled_from(["", "rope", "羽衣"])


@st.composite
def edited_stories(draw: st.DrawFn) -> Story:
    story = read(make_odd_tale() if draw(st.booleans()) else make_tale())
    for event in story.events:
        if draw(st.booleans()):
            event.agents = draw(st.lists(NAMES, unique=True, max_size=2))
            event.targets = draw(st.lists(NAMES, unique=True, max_size=2))
            event.instrument = draw(TEXTS)
            event.event_type = draw(st.sampled_from(["", "LACK", "VILLAINY"]))
            event.stac = draw(st.sampled_from([None, Stac("by a river"), Stac(action="runs")]))
            event.action = draw(st.sampled_from([None, ActionLabel("mental", "plan"), ActionLabel(context="x")]))
            tie = st.builds(
                Relationship, NAMES, NAMES, st.just("Adversarial"), st.just("enemy"), st.sampled_from(codebook.SENTIMENTS)
            )
            event.relationships = draw(st.lists(tie, max_size=2))
    for place in draw(st.lists(st.integers(0, 3), unique=True, max_size=2)):
        story.events = [event for event in story.events if not event.path.endswith(f"[{place}]")]
    if draw(st.booleans()):
        story.events.append(Event("new", time_order=50, targets=draw(st.lists(NAMES, unique=True, max_size=2))))
    # Names that the tale's aliases would turn into others are no names of a story.
    known = {alias: each.name for each in story.characters for alias in each.aliases}
    for event in story.events:
        event.agents, event.targets = (
            list(dict.fromkeys(known.get(name, name) for name in names)) for names in (event.agents, event.targets)
        )
        for tie_ in event.relationships:
            tie_.agent, tie_.target = known.get(tie_.agent, tie_.agent), known.get(tie_.target, tie_.target)
    return story


@settings(max_examples=150, deadline=None)
@given(story=edited_stories())
def test_what_is_written_is_read_as_the_story(story: Story) -> None:
    before = copy.deepcopy(story.document)
    again = read(as_v3(story))
    for event in (*again.events, *story.events):
        event.path = ""
    assert again == story
    assert story.document == before


@pytest.mark.corpus
def test_every_tale_of_the_corpus_is_written_as_it_was_read(corpus: Path) -> None:
    stories = read_tales(sorted(corpus.glob("*/json_v3"))).stories
    assert len(stories) > 40
    for story in stories:
        (file,) = corpus.glob(f"*/json_v3/{Path(story.source).name}")
        assert json.dumps(as_v3(story)) == json.dumps(json.loads(file.read_bytes())), story.source


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["json", "json_v2"])
def test_every_older_tale_of_the_corpus_is_the_same_story_as_version_3(corpus: Path, folder: str) -> None:
    for story in read_tales(sorted(corpus.glob(f"*/{folder}"))).stories:
        written = as_v3(story)
        assert list_structure_problems(written, story.source, 3) == []
        again = read_v3(written, story.source)[0]
        for event in (*again.events, *story.events):
            event.path = ""
        assert again == story
