from __future__ import annotations

import json
from collections import Counter
from importlib import resources

import pytest

from ft_core.codebook import PROPP_FUNCTIONS
from ft_core.corpus.reading import labels
from ft_core.corpus.reading.label_translation import list_translations
from ft_core.corpus.reading.labels import LabelList, read_label
from ft_core.corpus.reading.record import RepairLog
from ft_core.corpus.reading.rule import RULES

LISTS = [each for name in labels.__all__ if isinstance(each := getattr(labels, name), LabelList)]


@pytest.mark.parametrize(
    ("closed", "written", "name", "rule"),
    [
        (labels.RELATIONSHIP_LEVEL1, "对抗与敌对(Adversarial)", "Adversarial", "bilingual-label"),
        (labels.RELATIONSHIP_LEVEL1, "家庭与亲属（Family & Kinship）", "Family & Kinship", "bilingual-label"),
        (labels.RELATIONSHIP_LEVEL1, "Romance(浪漫)", "Romance", "bilingual-label"),
        (labels.RELATIONSHIP_LEVEL1, "FAMILY_AND_KINSHIP", "Family & Kinship", "label-spelling"),
        (labels.RELATIONSHIP_LEVEL2, "Parent Child", "parent_child", "label-spelling"),
        (labels.EVENT_TYPE, "INITIAL_SITUATION", "Initial Situation", "label-spelling"),
        (labels.EVENT_TYPE, "villainy", "VILLAINY", "label-spelling"),
        (labels.EVENT_TYPE, "gamma", "INTERDICTION", "propp-code"),
        (labels.EVENT_TYPE, "α", "Initial Situation", "propp-code"),
        (labels.EVENT_TYPE, "↓", "RETURN", "propp-code"),
        (labels.ARCHETYPE, "Helper", "Sidekick/Helper", "half-archetype"),
        (labels.OBJECT_TYPE, "price", "prize", "object-type-price"),
        (labels.ACTION_FUNCTION, "none", "", "explicit-none"),
        (labels.RELATIONSHIP_LEVEL1, "对抗与敌对", "Adversarial", "translated-label"),
        (labels.RELATIONSHIP_LEVEL1, "对抗与敌对（敌对）", "Adversarial", "bilingual-label"),
        (labels.RELATIONSHIP_LEVEL2, "師弟", "mentor_student", "translated-label"),
        (labels.SENTIMENT, "敌意", "hostile", "translated-label"),
        (labels.EVENT_TYPE, "難題", "DIFFICULT_TASK", "translated-label"),
        (labels.EVENT_TYPE, "加害（A）", "VILLAINY", "bilingual-label"),
        (labels.EVENT_TYPE, "缺乏 (a)", "LACK", "bilingual-label"),
        (labels.ARCHETYPE, "援助者", "Sidekick/Helper", "translated-label"),
        (labels.ACTION_TYPE, "逃走", "flee", "translated-label"),
    ],
)
def test_a_known_spelling_becomes_the_code_books_name(closed: LabelList, written: str, name: str, rule: str) -> None:
    log = RepairLog("t.json")
    assert read_label(log, "$.x", written, closed) == name
    assert [(each.path, each.rule, each.before, each.after) for each in log.repairs] == [("$.x", rule, written, name)]


def test_propp_codes_are_case_sensitive() -> None:
    log = RepairLog("t.json")
    assert read_label(log, "$", "A", labels.EVENT_TYPE) == "VILLAINY"
    assert read_label(log, "$", "a", labels.EVENT_TYPE) == "LACK"
    assert read_label(log, "$", "b", labels.EVENT_TYPE) == ""


def test_every_propp_code_is_read_as_its_function() -> None:
    log = RepairLog("t.json")
    assert [read_label(log, "$", code, labels.EVENT_TYPE) for code in PROPP_FUNCTIONS.values()] == list(PROPP_FUNCTIONS)


def test_a_canonical_label_and_a_blank_one_are_not_repaired() -> None:
    log = RepairLog("t.json")
    assert read_label(log, "$", "VICTORY", labels.EVENT_TYPE) == "VICTORY"
    assert read_label(log, "$", None, labels.EVENT_TYPE) == ""
    assert read_label(log, "$", "", labels.EVENT_TYPE) == ""
    assert log.repairs == []


def test_a_label_that_no_rule_knows_is_left_out_with_a_hint() -> None:
    log = RepairLog("t.json")
    assert read_label(log, "$.narrative_events[0].event_type", "VILAINY", labels.EVENT_TYPE) == ""
    (record,) = log.repairs
    assert (record.file, record.path, record.rule) == ("t.json", "$.narrative_events[0].event_type", "unknown-label")
    assert record.note == "'VILAINY' is no event type. Did you mean 'VILLAINY'?"


@pytest.mark.parametrize("label", ["敌对(中立)", "Romance(Neutral)", "敌意(对头)", "()", "!!"])
def test_a_label_in_two_languages_is_never_guessed(label: str) -> None:
    assert labels.RELATIONSHIP_LEVEL1.find(label) is None


TABLE = json.loads(resources.files("ft_core.corpus.reading").joinpath("label_translation.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("title", TABLE)
def test_a_translation_stands_for_one_label_of_its_list(title: str) -> None:
    (closed,) = (each for each in LISTS if each.title == title)
    assert set(TABLE[title]) == set(closed.names)
    terms = Counter(term for terms in TABLE[title].values() for term in terms)
    assert [term for term, count in terms.items() if count > 1] == []
    assert set(list_translations(title)) == set(terms)
    for name, listed in TABLE[title].items():
        assert [closed.find(term) for term in listed] == [(name, "translated-label")] * len(listed)


def test_every_closed_list_has_translations() -> None:
    assert {closed.title for closed in LISTS} == set(TABLE)
    assert list_translations("no list") == {}


def test_every_rule_that_a_label_list_names_is_described() -> None:
    rules = {each.code_rule for each in LISTS if each.code_rule}
    assert rules | {"label-spelling", "bilingual-label", "translated-label", "unknown-label"} <= set(RULES)
