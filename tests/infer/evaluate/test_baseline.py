from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ft_core import Stac
from ft_core.corpus.closed_field import find_closed_fields
from ft_core.example import Example
from ft_core.infer.evaluate.baseline.item_labels import ItemLabels
from ft_core.infer.evaluate.baseline.label_choice import LabelTable
from ft_core.infer.evaluate.baseline.majority import FrequentAnswer
from ft_core.infer.evaluate.baseline.tfidf import LabelClassifier
from ft_core.prompt import Prompt
from tests.plugins.asking import ask, get_step, story_of


def action(kind: str, category: str, status: str = "success", text: str = "") -> Example:
    output = {"category": category, "type": kind, "context": "", "status": status, "function": ""}
    return Example({}, output, "ant", "e1", Prompt("Label.", text))


def show(example: Example) -> str:
    assert example.prompt is not None
    return example.prompt.user


def shown(**changes: Any) -> Any:
    return ask("action", story_of(changes))


def test_the_most_frequent_type_comes_with_its_own_category() -> None:
    train = [action("inform", "communicative")] * 3 + [
        action(kind, "physical") for kind in ("flee", "travel", "attack", "steal")
    ]
    answer = FrequentAnswer(get_step("action"), train).answer(shown())
    assert answer is not None
    assert (answer["type"], answer["category"]) == ("inform", "communicative")


def test_a_blank_is_no_label() -> None:
    train = [action("give", "transaction", status="")] * 5 + [action("give", "transaction", status="failure")]
    answer = FrequentAnswer(get_step("action"), train).answer(shown())
    assert answer is not None
    assert answer["status"] == "failure"


def test_names_are_taken_over_from_the_inputs() -> None:
    step, story = get_step("relationship"), story_of({}, {"agents": ["Fox"], "targets": ["Crane"], "relationships": []})
    (train,) = [item for item in step.examples(story) if isinstance(item, Example)]
    inputs = step.build_inputs(story, story.events[1])
    answer = FrequentAnswer(step, [train]).answer(inputs)  # type: ignore[arg-type]
    assert answer is not None
    assert [(tie["agent"], tie["target"]) for tie in answer["relationships"]] == [("Fox", "Crane")]


def make_stac(text: str, **heads: str) -> Example:
    step = get_step("stac")
    story = story_of({"text_span": {"start": 0, "end": len(text), "text": text}})
    story.events[0].stac = Stac(**heads)
    (example,) = [item for item in step.examples(story) if isinstance(item, Example)]
    return example


def test_answers_whose_inputs_nobody_knows_do_not_outnumber_the_shapes_of_the_others() -> None:
    step, text = get_step("stac"), "It sat down."
    train = make_stac("Once a fox lived.", action="Once a fox lived.")
    cut = replace(make_stac("It had to go.", task="It had to go."), inputs={}, story_id="fox~cut-1")
    asked = {"segment": text, "sentences": [text], "summary": ""}
    assert FrequentAnswer(step, [cut, cut, train]).answer(asked) == {"sentences": [{"text": text, "head": "task"}]}
    assert FrequentAnswer(step, [cut, cut]).answer(asked) is None, "it is of another segment"


@pytest.mark.parametrize("number", [1, 2, 3, 30])
def test_what_is_said_of_each_item_of_a_list_is_said_of_lists_of_any_length(number: int) -> None:
    trained = ["He ran. She hid.", "It rained. It snowed. It froze.", "One day."]
    train = [make_stac(text, action=text) for text in trained]
    sentences = [f"Sentence {each}." for each in range(number)]
    asked = {"segment": " ".join(sentences), "sentences": sentences, "summary": ""}
    answer = FrequentAnswer(get_step("stac"), train).answer(asked)
    assert answer == {"sentences": [{"text": sentence, "head": "action"} for sentence in sentences]}


def test_without_training_examples_there_is_no_answer() -> None:
    assert FrequentAnswer(get_step("action"), []).answer(shown()) is None


def test_labels_that_never_stood_together_are_given_up_last_first() -> None:
    fields = find_closed_fields(get_step("action").info.output_schema)
    train = [
        action("flee", "physical", "success"),
        action("give", "transaction", "failure"),
        action("give", "transaction", "failure"),
    ]
    labels = LabelTable([each.output for each in train], fields).choose({"type": {"flee": 1.0}, "status": {"failure": 1.0}})
    assert (labels["type"], labels["category"]) == ("flee", "physical")


def test_letter_groups_tell_labels_in_any_script() -> None:
    train = [action("flee", "physical", text=f"狐狸逃跑了 {number}") for number in range(8)]
    train += [action("give", "transaction", text=f"鹤送给他一把梳子 {number}") for number in range(8)]
    table = LabelTable([each.output for each in train], find_closed_fields(get_step("action").info.output_schema))
    chosen = LabelClassifier([show(each) for each in train], table, seed=1).choose(["他逃跑了", "她送给我梳子"])
    assert [each["type"] for each in chosen] == ["flee", "give"]


def test_each_sentence_is_told_by_its_own_words_where_the_answer_goes_through_them() -> None:
    step = get_step("stac")
    train = [
        make_stac(f"狐狸逃跑了 {n}。 河边很静 {n}。", action=f"狐狸逃跑了 {n}。", situation=f"河边很静 {n}。") for n in range(6)
    ]
    train += [make_stac(f"她很静 {n}。 他逃跑了 {n}。", action=f"他逃跑了 {n}。", situation=f"她很静 {n}。") for n in range(6)]
    frequent = FrequentAnswer(step, train)
    assert [*frequent.item_fields] == [("sentences",)]
    labels = ItemLabels(train, ("sentences",), frequent.item_fields["sentences",], seed=1)
    sentences = ["鹤逃跑了。", "山里很静。", "鹤也逃跑了。"]
    asked = frequent.answer({"segment": "".join(sentences), "sentences": sentences, "summary": ""})
    assert asked is not None
    told = labels.relabel(asked)
    assert [each["head"] for each in told["sentences"]] == ["action", "situation", "action"]
    assert [each["text"] for each in told["sentences"]] == sentences


def test_a_shape_that_goes_through_no_list_has_no_labels_of_items() -> None:
    step, story = get_step("relationship"), story_of({})
    train = [item for item in step.examples(story) if isinstance(item, Example)]
    assert FrequentAnswer(step, train).item_fields == {}
    assert FrequentAnswer(step, []).item_fields == {}


def test_where_the_most_frequent_label_alone_is_no_answer_the_next_one_is_given() -> None:
    step = get_step("stac")
    train = [make_stac(f"Tail {n}. It ran {n}. It hid {n}.", action=f"It hid {n}.") for n in range(4)]
    sentences = ["One.", "It hid."]
    asked = {"segment": "One. It hid.", "sentences": sentences, "summary": ""}
    frequent = FrequentAnswer(step, train)
    answer = frequent.answer(asked)
    assert answer == {"sentences": [{"text": text, "head": "action"} for text in sentences]}
    told = ItemLabels(train, ("sentences",), frequent.item_fields["sentences",], seed=1).relabel(answer)
    assert [each["head"] for each in told["sentences"]] == ["none", "action"]


def test_an_answer_without_the_list_stays_as_it_is() -> None:
    train = [make_stac(f"It ran {n}. It hid {n}.", action=f"It ran {n}.", task=f"It hid {n}.") for n in range(3)]
    frequent = FrequentAnswer(get_step("stac"), train)
    labels = ItemLabels(train, ("sentences",), frequent.item_fields["sentences",], seed=1)
    assert labels.relabel({}) == {}
    assert labels.relabel({"sentences": None}) == {"sentences": None}
