from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict, deque
from pathlib import Path
from typing import Any

import pytest

from ft_core.config import FineTuneConfig
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.reading.samples import samples_dir
from ft_core.errors import NoHeldOutTalesError, OutputError, UnknownStepError, UsageError
from ft_core.infer.evaluate.option import EvaluationOptions
from ft_core.infer.evaluate.run import evaluate_run
from ft_core.infer.evaluate.summary import print_results
from ft_core.prompt import Prompt
from tests.infer.evaluate.standing import GoldAnswerer, collect_golds, opener, save_run
from tests.plugins.asking import STEPS
from tests.tales import make_event, make_tale, write_tale

GOLDS = collect_golds(samples_dir(), STEPS)


def draw_gold(step: str, prompt: Prompt, gold: str) -> str:
    """Return the gold answer of some other prompt."""
    others = [answer for (name, _), answer in GOLDS.items() if name == step]
    return others[int(hashlib.sha256(prompt.instruction.encode()).hexdigest(), 16) % len(others)]


def evaluate(run: Path, report: Path, answerer: Any = None, **options: Any) -> dict[str, Any]:
    answerer = answerer or GoldAnswerer(GOLDS, base=draw_gold)
    return evaluate_run(run, EvaluationOptions(**{"resamples": 100, **options}), report_dir=report, open_run=opener(answerer))


def test_gold_against_gold_is_one_everywhere_in_the_pipeline_too(sample_run: Path, tmp_path: Path) -> None:
    results = evaluate(sample_run, tmp_path, unconstrained=True)
    assert sorted(results["steps"]) == sorted(STEPS)
    for name, step in results["steps"].items():
        for system in ("adapter", "adapter_unconstrained", "pipeline"):
            values = {metric: figure["value"] for metric, figure in step[system].items() if figure["n"]}
            assert values, name
            assert set(values.values()) == {1.0}, (name, system, values)
        assert step["valid_unconstrained"] == 1.0
        assert step["worst"] == []


def test_the_answers_of_other_events_are_worse_and_the_difference_is_told(sample_run: Path, tmp_path: Path) -> None:
    step = evaluate(sample_run, tmp_path)["steps"]["event_type"]
    primary = step["primary"]
    assert step["base"][primary]["value"] < 0.3
    difference = step["difference"]["adapter - base"][primary]
    assert difference["value"] == pytest.approx(1 - step["base"][primary]["value"])
    assert 0 < difference["low"] <= difference["value"] <= difference["high"]
    assert 0 < difference["p"] <= 1


def test_systems_are_asked_as_they_are_named(sample_run: Path, tmp_path: Path) -> None:
    answerer = GoldAnswerer(GOLDS)
    evaluate(sample_run, tmp_path, answerer, steps=["action"], unconstrained=True, pipeline=False)
    assert answerer.asked == [("action", False, True), ("action", True, True), ("action", True, False)]


def test_the_pipeline_runs_the_steps_before_a_step_that_is_measured(sample_run: Path, tmp_path: Path) -> None:
    answerer = GoldAnswerer(GOLDS)
    results = evaluate(sample_run, tmp_path, answerer, steps=["action"])
    assert list(results["steps"]) == ["action"]
    assert {step for step, _, _ in answerer.asked} == {"character", "instrument", "action"}


def test_the_same_evaluation_writes_the_same_bytes(sample_run: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        evaluate(sample_run, tmp_path / name, steps=["action", "character"])
    files = sorted(path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*") if path.is_file())
    assert [str(file) for file in files] == [
        "answers/action.jsonl", "answers/character.jsonl", "evaluation.html", "results.json",
    ]  # fmt: skip
    for file in files:
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes(), file


def test_every_answer_is_kept_with_what_was_asked(sample_run: Path, tmp_path: Path) -> None:
    results = evaluate(sample_run, tmp_path, steps=["action"])
    lines = [json.loads(line) for line in (tmp_path / "answers" / "action.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == results["steps"]["action"]["cases"] * len(results["steps"]["action"]["systems"])
    adapter = next(line for line in lines if line["system"] == "adapter")
    assert adapter["predicted"] == adapter["gold"]
    assert {"story", "event", "inputs", "problems", "text", "confidence"} <= set(adapter)


def test_the_limit_is_of_events_that_steps_share(sample_run: Path, tmp_path: Path) -> None:
    results = evaluate(sample_run, tmp_path, steps=["action", "event_type"], limit=4, pipeline=False)
    assert [step["cases"] for step in results["steps"].values()] == [4, 4]
    assert any("at most 4 cases." in warning for warning in results["warnings"])


def test_an_invalid_answer_counts_as_wrong_and_is_told(sample_run: Path, tmp_path: Path) -> None:
    answerer = GoldAnswerer(GOLDS, spoil=lambda step, prompt, gold: "no idea")
    step = evaluate(sample_run, tmp_path, answerer, steps=["action"], pipeline=False)["steps"]["action"]
    assert step["valid"]["adapter"]["share"] == 0
    assert step["valid"]["adapter"]["problems"] == {"$": step["cases"]}
    assert step["adapter"][step["primary"]]["value"] == 0
    assert step["worst"][0]["score"] == 0


def repeat_new(step: str, prompt: Prompt, gold: str) -> str:
    """Return the gold answer with its first new character twice."""
    answer = json.loads(gold)
    return json.dumps(answer | {"new_characters": [*answer["new_characters"][:1], *answer["new_characters"]]})


def test_a_repaired_answer_is_scored_without_what_was_superfluous_and_counted(
    sample_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answerer = GoldAnswerer(GOLDS, spoil=repeat_new, base=draw_gold)
    results = evaluate(sample_run, tmp_path, answerer, steps=["character"], unconstrained=True)
    step = results["steps"]["character"]
    lines = [json.loads(line) for line in (tmp_path / "answers" / "character.jsonl").read_text(encoding="utf-8").splitlines()]
    new = [line for line in lines if line["system"] == "adapter" and line["gold"]["new_characters"]]
    assert 0 < len(new) < step["cases"]
    for system in ("adapter", "adapter_unconstrained", "pipeline"):
        valid = step["valid"][system]
        assert (valid["valid"], valid["repaired"], valid["share"]) == (step["cases"], len(new), 1.0)
        assert {figure["value"] for figure in step[system].values()} == {1.0}
    assert step["valid"]["majority"]["repaired"] == 0
    assert all(line["predicted"] == line["gold"] and line["problems"] == [] for line in new)
    (repair,) = new[0]["repairs"]
    assert repair.startswith("$.new_characters[1]: ")
    assert repair.endswith(" is given twice; left out")
    assert new[0]["text"] == repeat_new("character", Prompt("", ""), json.dumps(new[0]["gold"]))
    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    assert f"{step['cases']} of {step['cases']}, {len(new)} repaired" in page
    print_results(results)
    told = " ".join(capsys.readouterr().out.split())
    assert f"100 % of the adapter's answers valid ({len(new)} repaired), 100 % without constraint ({len(new)} repaired)" in told


def test_the_worst_answers_show_what_was_left_out_of_them(sample_run: Path, tmp_path: Path) -> None:
    def spoil(step: str, prompt: Prompt, gold: str) -> str:
        return repeat_new(step, prompt, json.dumps(json.loads(gold) | {"doers": ["Nobody"], "receivers": []}))

    step = evaluate(sample_run, tmp_path, GoldAnswerer(GOLDS, spoil=spoil), steps=["character"], pipeline=False)
    assert step["steps"]["character"]["worst"]
    assert "is given twice; left out</li>" in (tmp_path / "evaluation.html").read_text(encoding="utf-8")


def test_the_examples_that_an_adapter_was_trained_on_are_those_of_the_training(sample_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(sample_run, run)
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    record["steps"]["action"]["examples"] = 8  # as --max-examples leaves it
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    results = evaluate(run, tmp_path / "report", steps=["action"], pipeline=False)
    assert results["steps"]["action"]["trained_on"] == 8
    assert ">8<span" in (tmp_path / "report" / "evaluation.html").read_text(encoding="utf-8")


def test_the_report_on_drifted_adapters_says_so(sample_run: Path, tmp_path: Path) -> None:
    told = "action: config.json of the base model tiny: a1 in training, b2 now"
    options = EvaluationOptions(steps=["action"], pipeline=False, resamples=100, allow_drift=True)
    open_run = opener(GoldAnswerer(GOLDS), [told])
    results = evaluate_run(sample_run, options, report_dir=tmp_path, open_run=open_run)
    assert results["warnings"][0] == f"Not as in training, and used with --allow-drift: {told}."
    assert "used with --allow-drift" in (tmp_path / "evaluation.html").read_text(encoding="utf-8")


def test_few_tales_are_told(sample_run: Path, tmp_path: Path) -> None:
    results = evaluate(sample_run, tmp_path, steps=["action"], pipeline=False)
    assert any("Fewer than 10 tales" in warning for warning in results["warnings"])


def test_tales_trained_on_are_told_where_they_are_measured_on(sample_run: Path, tmp_path: Path) -> None:
    results = evaluate(sample_run, tmp_path, steps=["action"], pipeline=False, split="train")
    assert "trained on" in results["warnings"][0]


def test_a_folder_of_tales_trained_on_is_refused(tmp_path: Path) -> None:
    tales = tmp_path / "tales"
    for name in ("ant", "bee"):
        write_tale(tales, make_tale(name))
    run = save_run(tmp_path / "run", tales, ["action"], test_fraction=0.0, val_fraction=0.0, leaks="off")
    copies = tmp_path / "copies"
    write_tale(copies, make_tale("wasp"))  # the same text under another name
    write_tale(copies, make_tale("ant"))
    with pytest.raises(NoHeldOutTalesError, match="holds no test tale that these adapters may be measured on") as caught:
        evaluate(run, tmp_path / "report", data_dirs=[copies])
    assert "ant.json: is in train of the run" in str(caught.value)
    assert "wasp.json: has the text of ant, which is in train of the run" in str(caught.value)


def test_new_tales_of_another_folder_are_measured_on(tmp_path: Path) -> None:
    tales, others = tmp_path / "tales", tmp_path / "others"
    for name in ("ant", "bee"):
        write_tale(tales, make_tale(name))
    run = save_run(tmp_path / "run", tales, ["action"], test_fraction=0.0, val_fraction=0.0, leaks="off")
    text = "A hare laughed at a tortoise. "
    event = make_event(1, text_span={"start": 0, "end": len(text) - 1, "text": text.strip()})
    source = {"language": "en", "type": "full_text", "reference_uri": "", "text_content": text}
    write_tale(others, make_tale("hare", narrative_events=[event], source_info=source))
    results = evaluate(run, tmp_path / "report", data_dirs=[others])
    assert [(tale["id"], tale["is_new"]) for tale in results["tales"]] == [("hare", True)]
    assert results["steps"]["action"]["majority"]["type_accuracy"]["value"] == 1.0
    assert results["steps"]["action"]["majority"]["type_accuracy"]["low"] is None  # one tale tells no interval


def test_what_cannot_be_evaluated_is_told(sample_run: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds no run: it has no run.json"):
        evaluate(tmp_path, tmp_path / "report")
    with pytest.raises(UnknownStepError, match="no trained step 'actoin'. Did you mean 'action'"):
        evaluate(sample_run, tmp_path / "report", steps=["actoin"])
    write_tale(tmp_path / "tales", make_tale("ant"))
    run = save_run(tmp_path / "run", tmp_path / "tales", ["action"], test_fraction=0.0, val_fraction=0.0)
    (tmp_path / "tales").rename(tmp_path / "moved")
    with pytest.raises(UsageError, match="Say where the tales are, with --data-dir DIR: .* is not there any more"):
        evaluate(run, tmp_path / "report")


def test_whatever_comes_from_tales_and_models_is_escaped(tmp_path: Path) -> None:
    tales = tmp_path / "tales"
    trap = "<script>alert(1)</script> & <b>bold</b>"
    for name in ("ant", "bee"):
        event = make_event(1, text_span={"start": 0, "end": len(trap), "text": trap}, agents=[trap])
        write_tale(tales, make_tale(name, narrative_events=[event], characters=[{"name": trap, "alias": "", "archetype": ""}]))
    held = tmp_path / "test.txt"
    held.write_text("ant", encoding="utf-8")
    run = save_run(tmp_path / "run", tales, ["action"], test_tales=str(held), val_fraction=0.0, leaks="off")
    # The other tale has the same text, but the run itself has put the two on different sides.
    answerer = GoldAnswerer({}, spoil=lambda step, prompt, gold: trap, base=lambda step, prompt, gold: trap)
    with pytest.raises(NoHeldOutTalesError, match="has the text of bee"):
        evaluate(run, tmp_path / "report", answerer)
    source = {"language": "en", "type": "full_text", "reference_uri": "", "text_content": "A bee stung a bear."}
    write_tale(tales, make_tale("bee", source_info=source))
    run = save_run(tmp_path / "run2", tales, ["action"], test_tales=str(held), val_fraction=0.0, leaks="off")
    evaluate(run, tmp_path / "report", answerer)
    page = (tmp_path / "report" / "evaluation.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold" in page
    assert "src=" not in page
    assert "http" not in page


def test_settings_of_the_run_are_those_of_the_evaluation(sample_run: Path) -> None:
    record = json.loads((sample_run / "run.json").read_text(encoding="utf-8"))
    assert FineTuneConfig.model_validate(record["config"]).seed == 1


@pytest.mark.corpus
def test_gold_against_gold_is_one_on_the_corpus(corpus: Path, tmp_path: Path) -> None:
    run = save_run(tmp_path / "run", corpus, STEPS, test_fraction=0.2, stac_dir=(str(corpus),))
    answerer = _GoldOfCases(run)
    results = evaluate(run, tmp_path / "report", answerer)
    assert sorted(results["steps"]) == sorted(STEPS)
    for name, step in results["steps"].items():
        values = {metric: figure["value"] for metric, figure in step["adapter"].items() if figure["n"]}
        assert set(values.values()) == {1.0}, (name, values)
        assert step["valid"]["adapter"]["share"] == 1.0


class _GoldOfCases(GoldAnswerer):
    """Knows the gold answers of a run's own test files, which have the STAC records of sidecars.

    Two events of a tale may have the same short text and so the same prompt: their answers are given in turn.
    """

    def __init__(self, run: Path) -> None:
        super().__init__({})
        self._answers: defaultdict[tuple[str, Prompt], deque[str]] = defaultdict(deque)
        for name, step in read_prepared(run / "_data").steps.items():
            for text in step.test:
                self._answers[name, text.prompt].append(text.completion)
        self.spoil = self._answer

    def _answer(self, step: str, prompt: Prompt, gold: str) -> str:
        answers = self._answers[step, prompt]
        answers.rotate(-1)
        return answers[-1] if answers else "{}"
