"""Checking tales: what is found, where, and what is none of an annotator's business."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.corpus.checking.check_rule import CHECK_RULES, ERROR_RULES, CheckRules
from ft_core.corpus.checking.checked import Checked
from ft_core.corpus.checking.finding import Finding
from ft_core.corpus.checking.lint import check_tales
from ft_core.corpus.checking.plausibility import PLAUSIBILITY_RULES
from ft_core.corpus.reading.rule import NEEDED_RULES, RULES
from ft_core.errors import ConfigError
from tests.corpus.older_tales import make_tale_v1, make_tale_v2
from tests.corpus.reading.test_mutated_tales import MAKE, MUTATIONS, mutate
from tests.tales import make_event, make_tale, write_tale

DOCS = Path(__file__).resolve().parents[3] / "docs" / "check.md"
BLANK_ACTION = dict.fromkeys(("category", "type", "context", "status", "function"), "")
PLACEHOLDER: dict[str, Any] = {
    "text_span": None,
    "event_type": "OTHER",
    "description": "",
    "agents": [],
    "targets": [],
    "instrument": "",
    "relationships": [],
    "action_layer": BLANK_ACTION,
}


def check(folder: Path, tale: dict[str, Any], *without: str) -> list[Finding]:
    """Check one tale, written with a value a line; each finding's place is that of its path, or of what is around it."""
    file = folder / "tale.json"
    file.write_text(json.dumps(tale, ensure_ascii=False, indent=1), encoding="utf-8")
    return check_tales([file], CheckRules.without(without)).findings


def tell(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.path, each.rule, each.message) for each in findings]


def tale_of(**changes: Any) -> dict[str, Any]:
    return make_tale(narrative_events=[make_event(1, **changes)])


def relation_of(**changes: Any) -> dict[str, Any]:
    return tale_of(relationships=[make_event()["relationships"][0] | changes])


EVENT = "$.narrative_events[0]"
RELATION = f"{EVENT}.relationships[0]"
ACTION = f"{EVENT}.action_layer"
FULL_ACTION = make_event()["action_layer"]


def test_a_tale_with_nothing_wrong_has_no_findings(tmp_path: Path) -> None:
    assert check(tmp_path, make_tale()) == []


@pytest.mark.parametrize(
    ("tale", "expected"),
    [
        (tale_of(**PLACEHOLDER), (EVENT, "placeholder-event", "this event has neither a text nor labels; fill it in or remove it")),
        (
            make_tale(narrative_events=[None]),
            (EVENT, "placeholder-event", "this event has neither a text nor labels; fill it in or remove it"),
        ),
        (
            tale_of(text_span=None),
            (f"{EVENT}.text_span", "event-without-text", "this event has labels and no text, so that no step learns from it; mark its text"),
        ),
        (
            tale_of(text_span={"start": 0, "end": 1, "text": " "}),
            (f"{EVENT}.text_span", "event-without-text", "this event has labels and no text, so that no step learns from it; mark its text"),
        ),
        (
            tale_of(**PLACEHOLDER | {"text_span": make_event()["text_span"], "event_type": ""}),
            (EVENT, "unannotated-event", "this event has a text and no labels"),
        ),
        (
            tale_of(agents=[], targets=[], relationships=[]),
            (f"{EVENT}.agents", "nobody-named", "this event names neither an agent nor a target, so that it does not show who takes part"),
        ),
        (tale_of(event_type=""), (f"{EVENT}.event_type", "blank-event-type", "event_type is blank; where no function fits, set OTHER")),
        (tale_of(action_layer=BLANK_ACTION), (ACTION, "blank-action", "the action is blank; set at least its category and type")),
        (
            tale_of(action_layer=FULL_ACTION | {"category": ""}),
            (f"{ACTION}.category", "blank-action-category", "the action's category is blank; 'give' is transaction"),
        ),
        (
            tale_of(action_layer=FULL_ACTION | {"category": "existential", "type": ""}),
            (
                f"{ACTION}.type",
                "blank-action-type",
                "the action's type is blank; existential actions are cast, transform, die, revive, cast_spell or express_emotion",
            ),
        ),
        (
            tale_of(relationships=[{"agent": "", "sentiment": None}]),
            (RELATION, "blank-relation", "this relation has nothing set; fill it in or remove it"),
        ),
        (relation_of(agent=""), (f"{RELATION}.agent", "blank-relation-agent", 'agent is blank in the relation to "Fox"')),
        (relation_of(target=" "), (f"{RELATION}.target", "blank-relation-target", 'target is blank in the relation of "Crane"')),
        (
            relation_of(relationship_level1=""),
            (
                f"{RELATION}.relationship_level1",
                "blank-level",
                """level 1 is blank in the relation of "Crane" to "Fox"; 'friend' is Social & Alliance""",
            ),
        ),
        (
            relation_of(relationship_level2=""),
            (
                f"{RELATION}.relationship_level2",
                "blank-level",
                'level 2 is blank in the relation of "Crane" to "Fox"; under Social & Alliance it is friend, ally or colleague',
            ),
        ),
        (
            relation_of(sentiment=None),
            (f"{RELATION}.sentiment", "blank-sentiment", 'sentiment is blank in the relation of "Crane" to "Fox"'),
        ),
    ],
)  # fmt: skip
def test_a_blank_that_costs_an_example_is_found(tmp_path: Path, tale: dict[str, Any], expected: tuple[str, str, str]) -> None:
    findings = check(tmp_path, tale)
    assert [each for each in tell(findings) if each[1] in CHECK_RULES] == [expected]
    assert {each.severity for each in findings} == {"warning"}
    assert [each for each in check(tmp_path, tale, expected[1]) if each.rule in CHECK_RULES] == []


def test_each_blank_of_a_relation_is_found_at_its_own_line(tmp_path: Path) -> None:
    blank = {"agent": "", "target": "", "relationship_level1": "", "relationship_level2": ""}
    findings = check(tmp_path, relation_of(**blank))
    lines = (tmp_path / "tale.json").read_text(encoding="utf-8").splitlines()
    assert [lines[each.line - 1][: each.column - 1].strip() for each in findings] == [f'"{key}":' for key in blank]
    assert {each.message for each in findings} >= {"agent is blank in this relation", "level 2 is blank in this relation"}


def test_an_unknown_label_is_an_error_and_no_blank(tmp_path: Path) -> None:
    tale = tale_of(event_type="VILAINY", action_layer=BLANK_ACTION | {"category": "magic"})
    findings = check(tmp_path, tale)
    assert tell(findings) == [
        (f"{EVENT}.event_type", "unknown-label", "'VILAINY' is no event type. Did you mean 'VILLAINY'?"),
        (f"{ACTION}.category", "unknown-label", "'magic' is no action category."),
        (f"{ACTION}.type", "blank-action-type", "the action's type is blank"),
    ]
    assert [each.severity for each in findings] == ["error", "error", "warning"]
    assert (findings[0].before, findings[0].after) == ("VILAINY", "")


def test_a_repair_is_told_in_the_words_of_its_rule_with_both_values(tmp_path: Path) -> None:
    (finding,) = check(tmp_path, relation_of(relationship_level1="对抗与敌对(Adversarial)", relationship_level2="enemy"))
    line = (tmp_path / "tale.json").read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert line[finding.column - 1 :].startswith('"对抗与敌对(Adversarial)"')
    assert finding.message == (
        "A label in two languages, such as 对抗与敌对(Adversarial), becomes the code book's name: "
        '"对抗与敌对(Adversarial)" → "Adversarial"'
    )
    assert (finding.path, finding.before, finding.after) == (
        f"{RELATION}.relationship_level1",
        "对抗与敌对(Adversarial)",
        "Adversarial",
    )


def test_what_is_left_out_of_a_list_is_told_so(tmp_path: Path) -> None:
    (finding,) = check(tmp_path, tale_of(agents=["Crane", "Crane"]))
    assert finding.message == 'A name that stands twice among an event\'s agents or targets is kept once: "Crane" → left out'


def test_events_out_of_order_are_found_at_the_first_of_them(tmp_path: Path) -> None:
    events = [make_event(1, time_order=1), make_event(2, time_order=3), make_event(3, time_order=2)]
    (finding,) = check(tmp_path, make_tale(narrative_events=events))
    assert (finding.path, finding.rule) == ("$.narrative_events[1]", "time-order")
    assert finding.message == "this event does not stand where its time_order puts it; events are sorted by time_order"


def test_a_time_that_two_events_have_is_found_but_not_of_placeholders(tmp_path: Path) -> None:
    later = [make_event(3, time_order=1, **PLACEHOLDER), make_event(4, time_order=...)]
    tale = make_tale(narrative_events=[make_event(1), make_event(2, time_order=1), *later])
    found = [each for each in tell(check(tmp_path, tale)) if each[1] == "repeated-time-order"]
    message = "time_order 1 is also that of $.narrative_events[0]; their order in the file decides"
    assert found == [("$.narrative_events[1].time_order", "repeated-time-order", message)]


def test_an_alias_that_does_not_stand_for_its_character_is_found(tmp_path: Path) -> None:
    characters = [
        {"name": "Fox", "alias": "the old one; Reynard"},
        {"name": "Crane", "alias": "the old one; Fox"},
        {"name": "self", "alias": "Fox"},
        {"name": "Fox", "alias": "Reynard"},
    ]
    found = [each for each in tell(check(tmp_path, make_tale(characters=characters))) if each[1] == "shared-alias"]
    assert found == [
        ("$.characters[1].alias", "shared-alias", 'the alias "Fox" stands for the character of that name'),
        (
            "$.characters[1].alias",
            "shared-alias",
            'the alias "the old one" is also that of "Fox", so that it stands for neither',
        ),
    ]


@pytest.mark.parametrize("rule", sorted({*RULES, *CHECK_RULES, *PLAUSIBILITY_RULES} - {*NEEDED_RULES, *ERROR_RULES}))
def test_a_rule_can_be_switched_off(rule: str) -> None:
    assert CheckRules.without([rule]).off == {rule}
    assert CheckRules.without([rule]).reading.apply(rule) == (rule not in RULES)


def test_every_name_that_cannot_be_switched_off_is_told() -> None:
    with pytest.raises(ConfigError) as caught:
        CheckRules.without(["placeholder_event", "structure", "event-id-from-place", "blank-level"])
    known = ", ".join(sorted({*RULES, *CHECK_RULES, *PLAUSIBILITY_RULES}))
    assert caught.value.problems == (
        "without_rules: 'event-id-from-place' cannot be switched off: every example and every skipped event is told by its id.",
        f"without_rules: 'placeholder_event' is no rule. Did you mean 'placeholder-event'? The rules are: {known}.",
        "without_rules: 'structure' cannot be switched off: such a tale is not read.",
    )


@pytest.mark.parametrize(
    ("data", "place", "rule", "message"),
    [
        (b'{\n "a": }', (2, 7), "unreadable", "not JSON: Expecting value"),
        (b'{\n "a": "\xff"}', (2, 8), "unreadable", "not UTF-8: byte 0xff at offset 9; save the file as UTF-8"),
        (b'{\n "a": [0, NaN]}', (2, 11), "unreadable", "is nan, which is not a JSON number"),
        (
            b'{"a": 1,\n "a": 2}',
            (2, 2),
            "unreadable",
            "not usable JSON: the key 'a' stands twice in one object; keep one of the two",
        ),
        (b"", (1, 1), "unreadable", "the file is empty"),
        (b"\n {}", (2, 2), "structure", 'is no tale: it has neither "version" nor "narrative_structure"'),
        (b'{"version": "3.0",\n "narrative_events": {}}', (2, 22), "structure", "is an object, where an array is due"),
        (
            b'{"version": "3.0",\n "narrative_events": [{"agents":\n  ["Fox", 3]}]}',
            (3, 11),
            "structure",
            "is a number, where a string or null is due",
        ),
    ],
)
def test_a_file_that_is_no_tale_is_an_error_at_its_place(
    tmp_path: Path, data: bytes, place: tuple[int, int], rule: str, message: str
) -> None:
    file = tmp_path / "tale.json"
    file.write_bytes(data)
    (finding,) = check_tales([file]).findings
    assert ((finding.line, finding.column), finding.rule, finding.message) == (place, rule, message)
    assert finding.severity == "error"


def test_a_tale_a_line_is_told_by_the_line_of_its_file(tmp_path: Path) -> None:
    tales = [json.dumps(make_tale("a")), "", json.dumps(tale_of(event_type="")), '{"a": }']
    for name, opened in (("t.jsonl", Path.open), ("t.jsonl.gz", gzip.open)):
        with opened(tmp_path / name, "wb") as file:
            file.write("\n".join(tales).encode("utf-8-sig"))
    (tmp_path / "t.jsonl").rename(tmp_path / "u.jsonl")
    for name in ("t.jsonl.gz", "u.jsonl"):
        findings = check_tales([tmp_path / name]).findings
        column = tales[2].index('""', tales[2].index("event_type")) + 1
        assert [(each.file, each.line, each.column) for each in findings] == [
            (str(tmp_path / name), 3, column),
            (str(tmp_path / name), 4, 7),
        ]
        assert findings[1].message == "not JSON: Expecting value"


def test_a_packed_file_that_is_cut_off_is_an_error_and_what_came_before_it_is_checked(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(make_tale()).encode())
    (tmp_path / "tale.json.gz").write_bytes(packed[:-20])
    (finding,) = check_tales([tmp_path]).findings
    assert (finding.line, finding.column, finding.rule) == (1, 1, "unreadable")
    assert finding.message.startswith("cannot be unpacked: ")


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale())
    (tmp_path / "gone.json").symlink_to("nowhere")
    (finding,) = check_tales([tmp_path]).findings
    assert str(finding) == (
        f"{tmp_path}/gone.json:1:1: error: unreadable: is a link to nowhere, which is not there; mend or remove it"
    )


def test_a_tale_that_two_files_hold_in_one_version_is_an_error_at_the_second_id(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale(), "a.json")
    (tmp_path / "b.json").write_text(json.dumps(make_tale(), indent=1), encoding="utf-8")
    checked = check_tales([tmp_path])
    (finding,) = checked.findings
    assert (finding.file, finding.line, finding.column) == (f"{tmp_path}/b.json", 4, 9)
    assert (finding.path, finding.severity, finding.rule) == ("$.metadata.id", "error", "duplicate-tale")
    assert finding.message == f"the tale id 'fox' is that of {tmp_path}/a.json too, which is kept; remove one of the two"
    assert (checked.files, checked.tales, checked.errors) == (2, 2, 1)


def test_an_older_version_of_a_tale_is_not_checked_but_told(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale_v1(culture=" Indian"), "a.json")
    write_tale(tmp_path, make_tale_v2(metadata={"id": "fox", "culture": " Indian"}), "b.json")
    write_tale(tmp_path, make_tale_v2(metadata={"id": "fox", "culture": " Indian"}), "c.json")
    newest = str(write_tale(tmp_path, make_tale(), "d.json"))
    checked = check_tales([tmp_path])
    assert checked.findings == []
    assert checked.superseded == [(f"{tmp_path}/{name}.json", newest) for name in "abc"]
    assert (checked.files, checked.tales) == (4, 1)


def test_values_of_older_versions_are_found_where_they_stand(tmp_path: Path) -> None:
    tale = make_tale_v1(events=1)
    tale["narrative_structure"][0] |= {"action_type": "", "sentiment": "", "agents": ["Crane", "Fox"]}
    tale["annotation"]["motif"]["character_archetypes"][1]["alias"] = "Reynard"
    findings = check(tmp_path, tale)
    lines = (tmp_path / "tale.json").read_text(encoding="utf-8").splitlines()
    assert [(each.rule, lines[each.line - 1].strip()) for each in findings] == [
        ("shared-alias", '"alias": "Reynard",'),
        ("blank-relation-agent", '"agents": ['),
        ("blank-sentiment", '"sentiment": "",'),
        ("blank-action-type", '"action_type": "",'),
    ]
    assert findings[1].message == (
        'agent is blank in the relation to "Fox"; a relation of an older version is told only where the event has one agent'
    )


def test_sidecars_and_what_ft_core_wrote_itself_are_left_out(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale())
    write_tale(tmp_path, {"sentences": [{"sentence": "Once."}]}, "stac/fox_stac.json")
    manifest = {"format": 1, "data_hash": "", "split_hash": "", "steps": {"action": {}}}
    write_tale(tmp_path, manifest, "out/manifest.json")
    write_tale(tmp_path, {"instruction": "", "input": "", "output": ""}, "out/action_train.jsonl")
    (tmp_path / "fox.txt").write_text("Once.")
    checked = check_tales([tmp_path])
    assert checked.findings == []
    assert checked.left_out == [
        f"{tmp_path}/{name}" for name in ("out/action_train.jsonl", "out/manifest.json", "stac/fox_stac.json")
    ]


def test_findings_are_sorted_by_file_line_column_and_rule_whatever_the_order_of_the_folders(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_tale(tmp_path / name, tale_of(event_type="", action_layer=BLANK_ACTION) | {"metadata": {"id": name}})
    findings = check_tales([tmp_path / "b", tmp_path / "a"]).findings
    assert findings == check_tales([tmp_path / "a", tmp_path / "b"]).findings
    assert [(each.file[-6:], each.rule) for each in findings] == [
        ("a.json", "blank-event-type"),
        ("a.json", "blank-action"),
        ("b.json", "blank-event-type"),
        ("b.json", "blank-action"),
    ]


@settings(max_examples=150, deadline=None)
@given(version=st.sampled_from([1, 2, 3]), mutations=MUTATIONS)
def test_a_mutated_tale_is_checked_with_every_finding_in_its_file(
    tmp_path_factory: pytest.TempPathFactory, version: int, mutations: list[tuple[int, str, Any]]
) -> None:
    tale: dict[str, Any] = MAKE[version - 1](events=2)  # type: ignore[operator]
    for mutation in mutations:
        mutate(tale, *mutation)
    file = tmp_path_factory.mktemp("mutated") / "tale.json"
    file.write_text(json.dumps(tale, indent=1), encoding="utf-8")
    lines = file.read_text(encoding="utf-8").split("\n")
    for finding in check_tales([file], plausibility=True).findings:
        assert finding.path.startswith("$")
        assert len(str(finding).splitlines()) == 1
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1


def test_a_finding_is_one_line_whatever_it_quotes() -> None:
    finding = Finding("a\nb.json", 1, 2, "$", "warning", "structure", "is\u2028no\ttale\u202e of 狐\u3000")
    assert str(finding) == "a\\u000ab.json:1:2: warning: structure: is\\u2028no\\u0009tale\\u202e of 狐\u3000"


def test_the_documentation_lists_every_rule_in_the_words_of_the_code() -> None:
    rows = [line.strip("|").split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    listed = {cells[0].strip().strip("`"): tuple(cell.strip() for cell in cells[1:]) for cells in rows}
    severity = {name: "error" if name in ERROR_RULES else "warning" for name in CHECK_RULES}
    assert listed == {name: (severity[name], text) for name, text in CHECK_RULES.items()} | {
        name: (text,) for name, text in PLAUSIBILITY_RULES.items()
    }


@pytest.fixture
def checked(corpus: Path) -> Checked:
    return check_tales([corpus])


@pytest.mark.corpus
def test_the_corpus_has_its_swapped_pair_blank_levels_and_placeholders_at_their_lines(checked: Checked) -> None:
    expected = {
        "swapped-relationship-levels": '"relationship_level1": "stranger"',
        "placeholder-event": "{",
        "blank-level": '"relationship_level',
        "blank-event-type": '"event_type": ""',
        "blank-sentiment": '"sentiment": ""',
        "event-without-text": '"text_span": null',
        "copied-description": '"description": "',
        "repeated-time-order": '"time_order": ',
    }
    seen = dict.fromkeys(expected, 0)
    for finding in checked.findings:
        line = Path(finding.file).read_text(encoding="utf-8-sig").split("\n")[finding.line - 1]
        assert line[: finding.column - 1].endswith((" ", ":", "\t"))
        if finding.rule in expected:
            seen[finding.rule] += 1
            assert line.strip().startswith(expected[finding.rule])
            assert finding.rule != "blank-level" or line[finding.column - 1 :].startswith('""')
    assert seen["swapped-relationship-levels"] == seen["event-without-text"] == 1
    assert min(seen.values()) >= 1
    assert seen["placeholder-event"] > 20
    assert seen["blank-level"] > 100


@pytest.mark.corpus
def test_the_corpus_has_no_complaint_of_sidecars_texts_and_older_versions(checked: Checked) -> None:
    assert not {Path(each.file).parent.name for each in checked.findings} & {"stac_annotations", "texts", "json", "retellings"}
    assert {Path(each).parent.name for each in checked.left_out} == {"stac_annotations"}
    assert len(checked.superseded) + checked.tales + len(checked.left_out) == checked.files
    assert {each.rule for each in checked.findings if each.severity == "error"} <= {"unknown-label"}
