from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.corpus.closed_field import ClosedField
from ft_core.corpus.reading.record import Repair
from ft_core.corpus.tally import BLANK, StepTally, Tally, is_empty_answer, rank
from ft_core.corpus.training_data import SPLITS, Split, TellingKind
from ft_core.example import Example, Output, Skipped
from ft_core.prompt import Prompt
from ft_core.story import Event, Story

KIND = ClosedField("kind", ("kind",))
STANCE = ClosedField("ties[].stance", ("ties", None, "stance"))
WRITES = {"action": ("action",), "instrument": ("instrument",), "character": ("characters", "agents")}


class Item(NamedTuple):
    """What one event of a tale gave a step."""

    step: str
    item: Example | Skipped
    story: Story
    split: Split
    kind: TellingKind = "tale"


def make_example(output: Output | None = None, user: str = "A fox.") -> Example:
    return Example({}, output or {"kind": "give"}, "fox", "e1", Prompt("Label.", user))


def add(tally: Tally, items: Sequence[Item]) -> Tally:
    for each in items:
        tally.add_item(each.step, each.item, each.story, each.split, (KIND, STANCE), kind=each.kind)
    return tally


STORIES = st.builds(Story, st.just("fox"), culture=st.sampled_from(["Indian", ""]), language=st.sampled_from(["en", "zh"]))
LABELS = st.sampled_from(["give", "steal", ""])
OUTPUTS = st.fixed_dictionaries({"kind": LABELS, "ties": st.lists(st.fixed_dictionaries({"stance": LABELS}), max_size=2)})
ITEMS = st.builds(
    Item,
    st.sampled_from(["action", "stac"]),
    st.builds(make_example, OUTPUTS, st.sampled_from(["A fox.", "A crane.", "A", ""]))
    | st.builds(Skipped, st.just("fox"), st.just("e1"), st.just("$"), st.sampled_from(["no text", "no type"])),
    STORIES,
    st.sampled_from(SPLITS),
    st.sampled_from(["tale", "retold", "cut"]),
)


def describe(tally: Tally) -> tuple[dict[str, Any], dict[str, StepTally]]:
    return {name: value for name, value in vars(tally).items() if name != "steps"}, dict(tally.steps)


@given(st.lists(st.lists(ITEMS, max_size=5), max_size=5))
@settings(deadline=None)
def test_the_counts_of_parts_add_up_to_those_of_all_items(parts: list[list[Item]]) -> None:
    merged = Tally()
    for part in parts:
        merged.merge(add(Tally(), part))
    assert describe(merged) == describe(add(Tally(), [each for part in parts for each in part]))


@given(st.lists(st.builds(Story, st.just("x"), culture=LABELS, events=st.lists(st.builds(Event, st.just("e")), max_size=3))))
@settings(deadline=None)
def test_the_counts_of_tales_add_up(stories: list[Story]) -> None:
    whole, merged = Tally(), Tally()
    for number, story in enumerate(stories):
        repairs = [Repair("x.json", f"$.narrative_events[{number}].{key}", key, 1, 2) for key in ("instrument", "agents")]
        part = Tally()
        for tally in (whole, part):
            tally.add_tale(story, SPLITS[number % 3], 1 + number % 3, {"ruby": number}, {("stac", "sidecars"): 1})
            tally.add_repairs(repairs, WRITES)
        merged.merge(part)
    assert describe(merged) == describe(whole)
    assert (whole.tales, whole.events) == (len(stories), sum(len(story.events) for story in stories))


def test_repairs_count_for_the_steps_that_fill_the_field_and_for_all() -> None:
    tally = Tally()
    paths = ("$.narrative_events[0].action_layer.type", "$.characters[1].name", "$.metadata.id")
    tally.add_repairs([Repair("fox.json", path, "outer-spaces", "x ", "x") for path in paths], WRITES)
    assert tally.repaired == {"outer-spaces": 3}
    assert {name: dict(counts.repaired) for name, counts in tally.steps.items()} == {
        "action": {"outer-spaces": 1}, "character": {"outer-spaces": 1},
    }  # fmt: skip


def test_labels_are_counted_by_field_blank_ones_by_a_name_and_those_of_retellings_not() -> None:
    output = {"kind": "", "ties": [{"stance": "hostile"}, {"stance": "hostile"}, {"stance": ""}]}
    items = [Item("action", make_example(each), Story("fox"), "val") for each in (output, {"kind": "give", "ties": []})]
    tally = add(Tally(), [*items, items[0]._replace(kind="retold")]).steps["action"]
    assert tally.labels == {"kind": {BLANK: 1, "give": 1}, "ties[].stance": {"hostile": 2, BLANK: 1}}
    assert (dict(tally.examples), dict(tally.retold)) == ({"val": 2}, {"val": 1})


def test_an_example_that_is_left_out_is_a_skipped_event_and_its_labels_and_places_are_taken_back() -> None:
    story = Story("fox", culture="Indian", language="en")
    empty = make_example({"kind": "", "ties": []})
    tally = add(Tally(), [Item("action", each, story, "train") for each in (empty, empty, make_example())]).steps["action"]
    before = sum(tally.examples.values()) + sum(tally.skipped.values())
    tally.leave_out(describe_left_out(story, "tale"))
    assert sum(tally.examples.values()) + sum(tally.skipped.values()) == before
    assert (tally.examples, tally.skipped) == ({"train": 2}, {"left out by balance": 1})
    assert (tally.empty, tally.labels["kind"]) == ({"train": 1}, {BLANK: 1, "give": 1})
    assert (tally.cultures, tally.languages) == ({("Indian", "train"): 2}, {("en", "train"): 2})
    assert tally.prompts == 3


def test_an_example_of_a_retelling_that_is_left_out_is_no_skipped_event() -> None:
    story = Story("fox", culture="Indian")
    empty = Item("action", make_example({"kind": "", "ties": []}), story, "train")
    tally = add(Tally(), [empty, empty._replace(kind="retold")]).steps["action"]
    tally.leave_out(describe_left_out(story, "retold"))
    assert (+tally.retold, tally.examples, tally.skipped, tally.empty) == ({}, {"train": 1}, {}, {"train": 1})
    assert (tally.labels["kind"], tally.cultures) == ({BLANK: 1}, {("Indian", "train"): 1})


def describe_left_out(story: Story, kind: TellingKind) -> dict[str, Any]:
    labels = {"kind": [""], "ties[].stance": []}
    skipped = {"reason": "left out by balance"}
    return {"skipped": skipped, "kind": kind, "culture": story.culture, "language": story.language, "labels": labels}


def test_what_all_prompts_begin_with_shrinks_with_every_other_prompt() -> None:
    tally = Tally()
    for user, prefix in (("A fox.", "Label.\n\nA fox."), ("A fool.", "Label.\n\nA fo"), ("A fox.", "Label.\n\nA fo")):
        add(tally, [Item("action", make_example(user=user), Story("fox"), "train")])
        assert tally.steps["action"].prefix == prefix
    assert tally.steps["action"].chars == 3 * len("Label.\n\n") + 2 * len("A fox.") + len("A fool.")


def test_an_answer_with_any_content_is_not_empty() -> None:
    assert is_empty_answer({"instrument": "", "explanation": ""})
    assert not is_empty_answer({"instrument": "", "explanation": "a comb"})
    assert not is_empty_answer({"doers": ["fox"], "receivers": []})


def test_counts_are_ranked_by_size_and_then_by_name() -> None:
    assert list(rank({"b": 1, "a": 1, "c": 5}).items()) == [("c", 5), ("a", 1), ("b", 1)]


def test_numbers_and_truth_values_are_answers() -> None:
    assert not is_empty_answer({"count": 0})
    assert not is_empty_answer({"is_magic": False})
