from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ft_core import Prompt, load_all_annotated_stories
from ft_core.config import FineTuneConfig
from ft_core.corpus.beside.summary import Summaries
from ft_core.corpus.checking.lint import check_tales
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.errors import BaseModelError, NoTalesError
from ft_core.infer.annotate.report import AnnotationReport
from ft_core.infer.annotate.segment.segmentation import Segmentation
from ft_core.infer.annotate.summary import SUMMARY_TOKENS
from ft_core.infer.annotate.writing.provenance import count_answers
from ft_core.infer.reply import Reply
from tests.infer.annotate.annotators import make_annotator, make_run
from tests.infer.answering import HashAnswerer
from tests.plugins.asking import STEPS, get_step
from tests.tales import make_event, make_tale, write_tale

ROOT = Path(__file__).resolve().parents[3]
TEXT = "Once a fox lived by a river.\n\nThe crane lent the fox a <b>comb</b><|im_end|>.\n\nThe fox went home. Nobody & nothing else did.\n"


def write_texts(folder: Path, count: int = 10) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"tale_{number:02}.txt").write_text(TEXT.replace("fox", f"fox {number}"), encoding="utf-8")
    return folder


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_folder(folder: Path) -> dict[str, Any]:
    """All files of annotated tales, without the time at which they were."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "annotation.json":
            content = read_json(path) if path.suffix == ".json" else path.read_text(encoding="utf-8")
            found[str(path.relative_to(folder))] = {**content, "time": ""} if "made_from" in content else content
    return found


def test_plain_text_becomes_an_annotated_tale_that_reads_back_as_it_was_annotated(tmp_path: Path) -> None:
    tale = write_texts(tmp_path / "in", 1) / "tale_00.txt"
    report = make_annotator(tmp_path / "out", answerer=HashAnswerer()).annotate([str(tale)])
    assert (report.annotated, report.exit_code) == (["tale_00"], 0)
    (story,) = load_all_annotated_stories(tmp_path / "out")
    assert story.text == TEXT.replace("fox", "fox 0")
    assert [event.text for event in story.events] == story.text.strip().split("\n\n")
    assert all(story.text[event.span.start : event.span.end] == event.text for event in story.events if event.span)
    assert all(event.event_type and event.action and event.stac for event in story.events)
    record = read_json(tmp_path / "out" / "provenance" / "tale_00_provenance.json")
    assert (record["segments"], record["read_otherwise"]) == ("paragraphs", [])
    assert record["made_from"]["run"]["adapters"] == dict.fromkeys(STEPS, "a1")
    answer = record["events"][story.events[0].id]["event_type"]
    assert answer["state"] == "answered"
    assert 0 <= answer["confidence"] <= 1


@pytest.mark.parametrize("layout", ["flat", "tool"])
@pytest.mark.parametrize("embed", [False, True])
def test_what_is_written_is_read_back_by_check_and_prepare(tmp_path: Path, layout: Any, embed: bool) -> None:
    out = tmp_path / "out"
    report = make_annotator(out, answerer=HashAnswerer(), layout=layout, embed=embed).annotate(
        [str(write_texts(tmp_path / "in", 3))]
    )
    assert report.exit_code == 0
    assert not [each for each in check_tales([out]).findings if each.severity == "error"]
    config = FineTuneConfig(stac_dir=(str(out / "stac_annotations"),) if layout == "tool" and not embed else ())
    with prepare([out], [get_step("stac"), get_step("event_type")], config, keep_examples=True) as preparation:
        assert preparation.refusals == []
        found = [
            len(preparation.list_examples(step, split)) for step in ("stac", "event_type") for split in ("train", "val", "test")
        ]
    assert sum(found) == 2 * 9


def test_the_tools_file_has_exactly_the_keys_that_the_tool_keeps_and_the_rest_lies_beside_it(tmp_path: Path) -> None:
    event = make_event(event_type="", mood="grim", annotations={"moral": {"moral": "be kind"}})
    event["text_span"]["page"] = 3
    write_tale(tmp_path / "in", make_tale(narrative_events=[event, None], shelf="B"))
    make_annotator(tmp_path / "out", answerer=HashAnswerer(), layout="tool").annotate([str(tmp_path / "in")])
    tale = read_json(tmp_path / "out" / "json_v3" / "fox_v3.json")
    assert list(tale) == [
        "version",
        "metadata",
        "source_info",
        "characters",
        "narrative_events",
        "themes_and_motifs",
        "analysis",
    ]
    assert set(tale["narrative_events"][0]) == {
        "id", "text_span", "event_type", "description", "agents", "targets", "target_type", "object_type", "instrument",
        "time_order", "relationships", "action_layer",
    }  # fmt: skip
    assert tale["narrative_events"][1] is None
    assert (tmp_path / "out" / "texts" / "fox.txt").read_text(encoding="utf-8") == tale["source_info"]["text_content"]
    record = read_json(tmp_path / "out" / "provenance" / "fox_provenance.json")
    assert record["not_in_the_tools_file"] == {
        "$.shelf": "B", "$.narrative_events[0].mood": "grim", "$.narrative_events[0].text_span.page": 3,
    }  # fmt: skip
    assert record["annotations"] == {"e1": {"moral": {"moral": "be kind"}}}
    sidecar = read_json(tmp_path / "out" / "stac_annotations" / "fox_stac.json")
    assert set(sidecar["event_records"]) == {"e1"}


def test_with_embed_the_events_keep_everything(tmp_path: Path) -> None:
    write_tale(tmp_path / "in", make_tale(narrative_events=[make_event(event_type="", mood="grim")], shelf="B"))
    make_annotator(tmp_path / "out", answerer=HashAnswerer(), layout="tool", embed=True).annotate([str(tmp_path / "in")])
    tale = read_json(tmp_path / "out" / "json_v3" / "fox_v3.json")
    (event,) = tale["narrative_events"]
    assert (tale["shelf"], event["mood"]) == ("B", "grim")
    assert event["stac"]["consequence"]
    assert event["annotations"]["_provenance"]["event_type"]["state"] == "answered"
    assert not (tmp_path / "out" / "stac_annotations").exists()


def test_nothing_of_an_annotated_tale_is_lost_and_only_missing_labels_are_filled(tmp_path: Path) -> None:
    before = make_tale(
        narrative_events=[make_event(1), make_event(2, event_type="", mood="grim"), make_event(3, action_layer={})]
    )
    write_tale(tmp_path / "in", before)
    make_annotator(tmp_path / "out", answerer=HashAnswerer()).annotate([str(tmp_path / "in")])
    after = read_json(tmp_path / "out" / "fox_v3.json")
    assert after["narrative_events"][1]["event_type"]
    assert after["narrative_events"][2]["action_layer"]["category"]
    for event in after["narrative_events"]:
        assert event.pop("stac")
    after["narrative_events"][1]["event_type"] = ""
    after["narrative_events"][2]["action_layer"] = {}
    assert after == before


def test_a_second_call_annotates_nothing_twice_and_counts_everything(tmp_path: Path) -> None:
    tales, out = str(write_texts(tmp_path / "in", 3)), tmp_path / "out"
    first = make_annotator(out).annotate([tales])
    second_answerer = HashAnswerer(0.1)
    second = make_annotator(out, answerer=second_answerer).annotate([tales])
    assert (second.annotated, second.finished, second_answerer.batches) == ([], first.annotated, [])
    assert second.steps == first.steps
    write_texts(tmp_path / "in", 5)
    assert make_annotator(out).annotate([tales]).annotated == ["tale_03", "tale_04"]


def test_a_tale_that_was_annotated_with_something_else_is_refused_or_annotated_again(tmp_path: Path) -> None:
    tales, out = str(write_texts(tmp_path / "in", 1)), tmp_path / "out"
    make_annotator(out).annotate([tales])
    for changes, what in (
        ({"run": make_run(["stac"])}, f"steps: {', '.join(STEPS)} then, stac now"),
        ({"roster": "full"}, "roster: 'known' then, 'full' now"),
    ):
        report = make_annotator(out, **changes).annotate([tales])
        assert report.refusals[0].reason == (
            f"it was annotated otherwise ({what}); choose another output folder, or annotate it again with --overwrite"
        )
    (tmp_path / "in" / "tale_00.txt").write_text("Something else.", encoding="utf-8")
    assert "otherwise (its file was changed); " in make_annotator(out).annotate([tales]).refusals[0].reason
    assert make_annotator(out, overwrite=True).annotate([tales]).annotated == ["tale_00"]


def test_answers_of_drifted_adapters_are_marked_and_are_not_taken_for_others(tmp_path: Path) -> None:
    tales, out = str(write_texts(tmp_path / "in", 1)), tmp_path / "out"
    told = "stac: config.json of the base model tiny: a1 in training, b2 now"
    report = make_annotator(out, drift=(told,), allow_drift=True).annotate([tales])
    assert report.as_json()["drift"] == read_json(out / "provenance" / "tale_00_provenance.json")["drift"] == [told]
    assert make_annotator(out, drift=(told,), allow_drift=True).annotate([tales]).finished == ["tale_00"]
    (refusal,) = make_annotator(out).annotate([tales]).refusals
    assert refusal.reason.startswith(f"it was annotated with --allow-drift ({told}); choose another output folder, or")
    assert make_annotator(out, overwrite=True).annotate([tales]).annotated == ["tale_00"]
    assert make_annotator(out).annotate([tales]).finished == ["tale_00"]


def test_a_file_that_somebody_has_worked_on_since_is_left_alone(tmp_path: Path) -> None:
    tales, out = str(write_texts(tmp_path / "in", 1)), tmp_path / "out"
    make_annotator(out).annotate([tales])
    (out / "tale_00_v3.json").write_text('{"mine": true}', encoding="utf-8")
    report = make_annotator(out).annotate([tales])
    assert (report.edited, report.exit_code, read_json(out / "tale_00_v3.json")) == (["tale_00"], 0, {"mine": True})
    assert make_annotator(out, overwrite=True).annotate([tales]).annotated == ["tale_00"]


@pytest.mark.parametrize("name", ["fox_v3.json", "provenance/fox_provenance.json"])
def test_no_file_is_written_over_that_ft_core_did_not_write(tmp_path: Path, name: str) -> None:
    tale = write_tale(tmp_path, make_tale(), "fox_v3.json")
    (tmp_path / "out" / name).parent.mkdir(parents=True)
    (tmp_path / "out" / name).write_text("{}", encoding="utf-8")
    (refusal,) = make_annotator(tmp_path / "out").annotate([str(tale)]).refusals
    assert refusal.reason.startswith(f"{name} is there and was not written by ft-core annotate; choose another")


@pytest.mark.parametrize("calls", [1, 9, 30])
def test_ten_tales_that_were_killed_in_the_middle_give_what_they_give_uninterrupted(tmp_path: Path, calls: int) -> None:
    tales = write_texts(tmp_path / "in")
    command = [sys.executable, "-m", "tests.infer.annotate.annotators", str(tmp_path / "out"), str(tales), str(calls)]
    path = os.pathsep.join([str(ROOT), *sys.path])
    killed = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    before = {path.name for path in (tmp_path / "out").glob("*_v3.json")}
    report = make_annotator(tmp_path / "out", tales_at_once=2).annotate([str(tales)])
    assert (len(report.annotated), len(report.finished)) == (10 - len(before), len(before))
    make_annotator(tmp_path / "whole").annotate([str(tales)])
    assert read_folder(tmp_path / "out") == read_folder(tmp_path / "whole")


class Choking(HashAnswerer):
    """Fails for one tale."""

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        if any("fox 1" in prompt.user for prompt in prompts):
            raise BaseModelError("no memory")
        return super().ask(step, prompts, **how)


def test_one_tale_that_cannot_be_annotated_does_not_stop_the_others(tmp_path: Path) -> None:
    tales = write_texts(tmp_path / "in", 4)
    (tales / "empty.txt").write_text(" \n", encoding="utf-8")
    report = make_annotator(tmp_path / "out", answerer=Choking()).annotate([str(tales)])
    assert (report.annotated, report.exit_code) == (["tale_00", "tale_02", "tale_03"], 1)
    assert sorted(map(str, report.refusals)) == [
        "empty.txt: $: holds no text",
        "tale_01.txt: $: cannot be annotated: no memory",
    ]
    assert read_json(tmp_path / "out" / "annotation.json")["tales"]["refused"] == ["empty.txt", "tale_01.txt"]


def test_answers_that_are_not_valid_are_kept_beside_with_their_problems_and_counted(tmp_path: Path) -> None:
    report = make_annotator(tmp_path / "out", answerer=HashAnswerer(1.0)).annotate([str(write_texts(tmp_path / "in", 1))])
    assert report.steps["stac"] == {"answered": 0, "repaired": 0, "not_valid": 3, "kept": 0, "not_asked": {}}
    assert report.steps["relationship"]["not_asked"] == {"the event has no doer": 3}
    record = read_json(tmp_path / "out" / "provenance" / "tale_00_provenance.json")
    answers = [event["stac"] for event in record["events"].values()]
    assert all(each["state"] == "not valid" and each["answer"] and each["problems"] for each in answers)
    assert all(event.stac is None for event in load_all_annotated_stories(tmp_path / "out")[0].events)


class Repeating(HashAnswerer):
    """Lists in each event one new character twice."""

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        crow = {"name": "Crow", "alias": "", "archetype": "Hero"}
        answer = {"doers": ["Crow"], "receivers": [], "new_characters": [crow, crow], "notes": ""}
        return [Reply(json.dumps(answer), confidence=0.5) for _ in prompts]


@pytest.mark.parametrize("embed", [False, True])
def test_a_repaired_answer_is_used_and_kept_beside_as_the_model_gave_it(tmp_path: Path, embed: bool) -> None:
    annotator = make_annotator(tmp_path / "out", answerer=Repeating(), run=make_run(["character"]), embed=embed)
    report = annotator.annotate([str(write_texts(tmp_path / "in", 1))])
    assert report.steps["character"] == {"answered": 3, "repaired": 3, "not_valid": 0, "kept": 0, "not_asked": {}}
    (story,) = load_all_annotated_stories(tmp_path / "out")
    assert [each.name for each in story.characters] == ["Crow"]
    assert [event.agents for event in story.events] == [["Crow"]] * 3
    told = read_json(tmp_path / "out" / "provenance" / "tale_00_provenance.json")["events"]
    first, second = (told[event.id]["character"] for event in story.events[:2])
    assert (first["state"], first["confidence"], first["ended"]) == ("answered", 0.5, True)
    assert len(json.loads(first["answer"])["new_characters"]) == 2
    assert first["repairs"] == ["$.new_characters[1]: 'Crow' is given twice; left out"]
    assert second["repairs"] == [
        f"$.new_characters[{number}]: 'Crow' is already known, as 'Crow'; left out" for number in range(2)
    ]
    if embed:
        assert story.events[0].annotations["_provenance"]["character"] == first
    again = make_annotator(tmp_path / "out", answerer=Repeating(), run=make_run(["character"]), embed=embed)
    assert again.annotate([str(tmp_path / "in")]).steps == report.steps, "of a tale that was finished before"


def test_answers_of_a_release_that_repaired_none_are_counted(tmp_path: Path) -> None:
    report = AnnotationReport({}, {})
    report.add_counts(count_answers({"e1": {"stac": {"state": "answered", "confidence": 0.5, "ended": True}}}, ["stac"]))
    assert report.steps == {"stac": {"answered": 1, "repaired": 0, "not_valid": 0, "kept": 0, "not_asked": {}}}


def test_a_large_tale_is_annotated_in_segments_that_the_base_model_can_take(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("a fox ran on and on " * 10_000, encoding="utf-8")
    report = make_annotator(tmp_path / "out", run=make_run(["stac"]), context=2048).annotate([str(tmp_path / "long.txt")])
    (story,) = load_all_annotated_stories(tmp_path / "out")
    assert report.exit_code == 0
    assert max(len(event.text) for event in story.events) <= 2048 // 3
    assert "".join(event.text for event in story.events).replace(" ", "") == "afoxranonandon" * 10_000


@pytest.mark.parametrize(("roster", "shown"), [("known", False), ("full", True), ("none", False)])
def test_the_roster_decides_which_characters_are_shown_and_loses_none(tmp_path: Path, roster: Any, shown: bool) -> None:
    event = make_event(agents=[], targets=[], relationships=[])
    write_tale(tmp_path / "in", make_tale(narrative_events=[event]))
    answerer = HashAnswerer()
    make_annotator(tmp_path / "out", answerer=answerer, roster=roster).annotate([str(tmp_path / "in")])
    assert ("Reynard" in answerer.prompts[0][1].user) == shown
    characters = read_json(tmp_path / "out" / "fox_v3.json")["characters"]
    assert characters[:2] == make_tale()["characters"]


def test_summaries_come_from_a_table_or_the_base_model_and_stay_out_of_the_tale(tmp_path: Path) -> None:
    tales = write_texts(tmp_path / "in", 2)
    (tmp_path / "s.csv").write_text("story_name,text_file,summary\ntale_00,tale_00.txt,A comb is lent.\n", encoding="utf-8")

    class Summarising(HashAnswerer):
        def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
            if how["adapter"]:
                return super().ask(step, prompts, **how)
            assert (how["constrained"], how["max_new_tokens"]) == (False, SUMMARY_TOKENS), "a limit of its own, not the step's"
            return [Reply("A fox gets\na comb. It g", ended=False) for _ in prompts]

    answerer = Summarising()
    settings: dict[str, Any] = {"answerer": answerer, "summarise": True, "summaries": Summaries.read([tmp_path / "s.csv"])}
    make_annotator(tmp_path / "out", **settings).annotate([str(tales)])
    shown = {"fox 0" in prompt.user: prompt.user for step, prompt in answerer.prompts if step == "stac"}
    assert "Summary of the tale:\nA comb is lent.\n" in shown[True]
    assert "Summary of the tale:\nA fox gets a comb.\n" in shown[False]
    origins = [read_json(tmp_path / "out" / "provenance" / f"tale_0{n}_provenance.json")["summary"]["origin"] for n in (0, 1)]
    assert origins == ["table", "model"]
    assert all(story.summary == "" for story in load_all_annotated_stories(tmp_path / "out"))


class Retelling(HashAnswerer):
    """Summarises a text of up to 100 characters as its last words, and has no room for a longer one."""

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        if how.get("adapter", True):
            return super().ask(step, prompts, **how)
        return [self._retell(prompt.user.removeprefix("Text:\n")) for prompt in prompts]

    def _retell(self, text: str) -> Reply:
        return Reply("", problem="the prompt leaves no room") if len(text) > 100 else Reply(" ".join(text.split()[-3:]))


def test_the_end_of_a_long_tale_is_part_of_its_summary(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("The fox ran on and on. " * 200 + "Then the fox found its comb.", encoding="utf-8")
    annotator = make_annotator(tmp_path / "out", answerer=Retelling(), run=make_run(["stac"]), summarise=True, context=400)
    report = annotator.annotate([str(tmp_path / "long.txt")])
    summary = read_json(tmp_path / "out" / "provenance" / "long_provenance.json")["summary"]
    assert summary == {"origin": "model", "text": "found its comb."}
    assert report.notes == []


def test_a_model_that_repeats_what_it_reads_ends_with_a_summary(tmp_path: Path) -> None:
    class Repeating(HashAnswerer):
        def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
            said = [Reply(prompt.user.removeprefix("Text:\n")) for prompt in prompts]
            return super().ask(step, prompts, **how) if how.get("adapter", True) else said

    (tmp_path / "long.txt").write_text("The fox ran on and on. " * 200, encoding="utf-8")
    annotator = make_annotator(tmp_path / "out", answerer=Repeating(), run=make_run(["stac"]), summarise=True, context=400)
    annotator.annotate([str(tmp_path / "long.txt")])
    summary = read_json(tmp_path / "out" / "provenance" / "long_provenance.json")["summary"]["text"]
    assert 0 < len(summary) <= 100


def test_a_tale_without_a_summary_because_the_model_gave_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "mute.txt").write_text("The fox ran on. " * 20, encoding="utf-8")
    annotator = make_annotator(tmp_path / "out", answerer=Retelling(), run=make_run(["stac"]), summarise=True)
    report = annotator.annotate([str(tmp_path / "mute.txt")])
    assert report.notes == ["mute: the base model gave no summary of whole sentences, so its prompts have none"]


def test_a_summary_that_no_adapter_was_trained_with_is_not_used_and_that_is_said(tmp_path: Path) -> None:
    answerer, run = HashAnswerer(), make_run(["stac"], left_out={"stac": ("summary",)})
    annotator = make_annotator(tmp_path / "out", answerer=answerer, run=run, summarise=True)
    report = annotator.annotate([str(write_texts(tmp_path / "in", 1))])
    assert report.notes == [
        "stac: 'summary' is left out of the prompts, for its adapter was hardly trained with it",
        "no adapter was trained with summaries of tales, so none is made or shown",
    ]
    assert "Summary" not in answerer.prompts[0][1].user


def test_two_tales_of_one_id_are_told(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_texts(tmp_path / folder, 1)
    report = make_annotator(tmp_path / "out").annotate([str(tmp_path / "a"), str(tmp_path / "b" / "*.txt")])
    assert report.annotated == ["tale_00"]
    assert "the tale id 'tale_00' is that of a/tale_00.txt too, which is kept" in str(report.refusals[0])


def test_the_texts_beside_annotated_tales_are_no_tales_of_their_own(tmp_path: Path) -> None:
    write_tale(tmp_path / "in" / "json_v3", make_tale("tale_00", source_info={"language": "en"}, narrative_events=[]))
    write_texts(tmp_path / "in" / "texts", 2)
    report = make_annotator(tmp_path / "out").annotate([str(tmp_path / "in")])
    (story,) = load_all_annotated_stories(tmp_path / "out")
    assert (report.annotated, story.text) == (["tale_00"], TEXT.replace("fox", "fox 0"))


@pytest.mark.parametrize(
    ("tale", "segment", "reason"),
    [
        (make_tale(narrative_events=[]), "spans", "has no segments, which --segment spans asks for"),
        (make_tale(narrative_events=[], source_info={}), "auto", "has neither a text nor a segment"),
        (make_tale("a/b"), "auto", "the tale id 'a/b' cannot be the name of a file"),
        (make_tale("x" * 300), "auto", "is longer than 200 bytes"),
    ],
)
def test_a_tale_that_cannot_be_annotated_is_refused_with_the_reason(
    tmp_path: Path, tale: Any, segment: Any, reason: str
) -> None:
    write_tale(tmp_path / "in", tale, "tale.json")
    report = make_annotator(tmp_path / "out", segmentation=Segmentation(segment)).annotate([str(tmp_path / "in")])
    assert report.annotated == []
    assert reason in str(report.refusals[0])


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoTalesError, match="There is no file or folder"):
        make_annotator(tmp_path / "out").annotate([str(tmp_path / "*.txt")])
    with pytest.raises(NoTalesError, match=r"holds no \*.txt, \*.json or \*.jsonl file, packed or not"):
        make_annotator(tmp_path / "out").annotate([str(tmp_path)])


def test_the_sample_tales_are_annotated_the_same_whatever_the_groups(tmp_path: Path) -> None:
    for name, size in (("one", 1), ("many", 16)):
        make_annotator(tmp_path / name, tales_at_once=size, overwrite_labels=True).annotate([str(samples_dir())])
    assert read_folder(tmp_path / "one") == read_folder(tmp_path / "many")
    assert len(read_tales([tmp_path / "one"]).stories) == 10
