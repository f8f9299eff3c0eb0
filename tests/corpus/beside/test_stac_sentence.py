from __future__ import annotations

import json
from typing import Any

import pytest

from ft_core.corpus.beside.stac_sentence import Sidecar, parse_sidecar
from ft_core.corpus.reading.document import RefusedError
from ft_core.story import STAC_HEADS
from tests.corpus.sidecars import make_sentence


def parse(*sentences: Any, **changes: Any) -> Sidecar:
    return parse_sidecar(json.dumps({"sentences": sentences} | changes).encode(), "fox_stac.json")


def parse_one(sentence: dict[str, Any]) -> tuple[str, list[str]]:
    sidecar = parse(make_sentence("action", "A fox ran."), sentence)
    return sidecar.sentences[-1].head, [str(problem) for problem in sidecar.problems]


def change_analysis(**changes: Any) -> dict[str, Any]:
    sentence = make_sentence("task", "It had to.")
    return sentence | {"analysis": sentence["analysis"] | changes}


def refuse(data: bytes) -> list[str]:
    with pytest.raises(RefusedError) as caught:
        parse_sidecar(data, "fox_stac.json")
    return [str(refusal) for refusal in caught.value.refusals]


def test_a_sentence_has_its_category_number_and_place() -> None:
    sidecar = parse(
        *(make_sentence(head, f"A {head}.", number) for number, head in enumerate(STAC_HEADS, start=5)), model="m:4b"
    )
    assert STAC_HEADS == ("situation", "task", "action", "consequence")
    assert [(each.head, each.text, each.index, each.path) for each in sidecar.sentences] == [
        ("situation", "A situation.", 5, "$.sentences[0].sentence"),
        ("task", "A task.", 6, "$.sentences[1].sentence"),
        ("action", "A action.", 7, "$.sentences[2].sentence"),
        ("consequence", "A consequence.", 8, "$.sentences[3].sentence"),
    ]
    assert (sidecar.source, sidecar.model, sidecar.count, sidecar.problems) == ("fox_stac.json", "m:4b", 4, ())


def test_a_sidecar_need_not_name_its_model_nor_number_its_sentences() -> None:
    sentence = make_sentence("action", "A fox ran.")
    del sentence["sentence_index"]
    sidecar = parse(sentence, make_sentence("action", "It ran.", None))
    assert (sidecar.model, [each.index for each in sidecar.sentences]) == ("", [1, 2])


def test_the_letter_case_of_a_category_does_not_matter() -> None:
    assert parse_one(make_sentence(" Task", "It had to.")) == ("task", [])


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        (make_sentence("task", "It had to.", analysis=None), "analysis: is null, so the sentence has no category"),
        (
            make_sentence("task", "It had to.", analysis=None, error="Read timed\nout. " + "x" * 90),
            f"analysis: is null, so the sentence has no category: Read timed out. {'x' * 63}…",
        ),
        (change_analysis(stac_category=" "), "analysis.stac_category: is blank, so the sentence has no category"),
        (change_analysis(stac_category=None), "analysis.stac_category: is blank, so the sentence has no category"),
        (
            change_analysis(stac_category="acton"),
            (
                "analysis.stac_category: 'acton' is no STAC category. Did you mean 'action'? The categories are: situation, "
                "task, action, consequence."
            ),
        ),
        (
            change_analysis(explanation="Error: Failed to parse model JSON"),
            "analysis: the category stands in for an answer that failed, so nobody chose it: Failed to parse model JSON",
        ),
    ],
)
def test_a_sentence_without_a_category_says_why_and_keeps_its_place(sentence: dict[str, Any], problem: str) -> None:
    assert parse_one(sentence) == ("", [f"fox_stac.json: $.sentences[1].{problem}"])


def test_an_explanation_that_speaks_of_an_error_is_none() -> None:
    assert parse_one(change_analysis(explanation="The error of the king: he laughs.")) == ("task", [])


@pytest.mark.parametrize("text", ["", " \u3000", None, ...])
def test_a_blank_sentence_is_left_out_and_told(text: Any) -> None:
    sentence = make_sentence("task", text)
    if text is ...:
        del sentence["sentence"]
    sidecar = parse(make_sentence("action", "A fox ran."), sentence)
    assert (sidecar.count, [each.text for each in sidecar.sentences]) == (2, ["A fox ran."])
    assert [str(problem) for problem in sidecar.problems] == [
        "fox_stac.json: $.sentences[1].sentence: is blank, so its place in the tale is not known"
    ]


def test_a_sidecar_without_sentences_is_told() -> None:
    sidecar = parse()
    assert [str(each) for each in sidecar.problems] == ["fox_stac.json: $.sentences: is empty, so no sentence has a category"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "$: the file is empty"),
        (b"\xff", "$: not UTF-8: byte 0xff at offset 0; save the file as UTF-8"),
        (b'{"sentences": [}', "$: not JSON: line 1, column 16: Expecting value"),
        (b'{"sentences": [], "sentences": []}', "$: not usable JSON: the key 'sentences' stands twice in one object"),
        (b'{"sentences": ["\\ud800"]}', "$.sentences[0]: holds half of a surrogate pair, which is no character"),
        (b"{}", "$: is no STAC sidecar: it has no key 'sentences'"),
        (b'{"event_records": []}', "$.event_records: is an array, where an object is due"),
        (b'{"event_records": {"e1": 3}}', "$.event_records['e1']: is a whole number, where an object is due"),
        (b'{"event_records": {"e1": {"task": []}}}', "$.event_records['e1'].task: is an array, where a string is due"),
        (b'{"sentences": {}}', "$.sentences: is an object, where an array is due"),
        (b'{"sentences": null}', "$.sentences: is null, where an array is due"),
        (b'{"sentences": [null]}', "$.sentences[0]: is null, where an object is due"),
        (
            b'{"sentences": [{"sentence_index": true}]}',
            "$.sentences[0].sentence_index: is a boolean, where a whole number is due",
        ),
        (
            b'{"sentences": [{"sentence_index": 1.5}]}',
            "$.sentences[0].sentence_index: is a number, where a whole number is due",
        ),
        (b'{"sentences": [{"sentence": 1}]}', "$.sentences[0].sentence: is a whole number, where a string is due"),
        (b'{"sentences": [{"analysis": "task"}]}', "$.sentences[0].analysis: is a string, where an object is due"),
        (b'{"sentences": [{"analysis": {"stac_category": []}}]}', "$.sentences[0].analysis.stac_category: is an array, where"),
        (b'{"sentences": [{"error": 1}]}', "$.sentences[0].error: is a whole number, where a string is due"),
        (b'{"model": 4, "sentences": []}', "$.model: is a whole number, where a string is due"),
    ],
)
def test_a_file_that_is_not_built_as_a_sidecar_is_refused_with_the_place(data: bytes, reason: str) -> None:
    (refusal,) = refuse(data)
    assert refusal.startswith(f"fox_stac.json: {reason}")


def test_all_problems_of_a_sidecar_are_told_together() -> None:
    told = refuse(json.dumps({"model": 1, "sentences": [0] * 30}).encode())
    assert (len(told), told[0], told[-1]) == (
        21,
        "fox_stac.json: $.model: is a whole number, where a string is due",
        "fox_stac.json: $: and 11 more problems",
    )
