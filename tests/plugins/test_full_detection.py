"""The prompts of the users' own pipeline, with a stand-in module for theirs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ft_core import OTHER, PROPP_FUNCTIONS, Answer, Example, Story, discovery, pipeline_prompts, registry
from ft_core.cli import main
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.errors import BrokenExtensionError, HookFailedError
from ft_core.infer.annotate.trained_run import find_trained_run
from ft_core.infer.evaluate.option import EvaluationOptions
from ft_core.infer.evaluate.run import evaluate_run
from ft_core.step import Step, Steps, load_steps
from ft_full_detection import prompts_module
from ft_full_detection.propp import CODES
from ft_full_detection.signature import BUILDERS, SYSTEM_PROMPTS
from tests.distributions import write_distribution
from tests.infer.evaluate.standing import GoldAnswerer, collect_golds, opener, save_run
from tests.plugins import stand_in_prompts
from tests.plugins.asking import STEPS, forget_labels, story_of
from tests.plugins.test_six_steps import FEW

ALL = ",".join(STEPS)
BUILDER = {
    "character": stand_in_prompts.build_character_recognition_prompt,
    "instrument": stand_in_prompts.build_instrument_prompt,
    "relationship": stand_in_prompts.build_relationship_prompt,
    "action": stand_in_prompts.build_action_category_prompt,
    "stac": stand_in_prompts.build_stac_prompt,
    "event_type": stand_in_prompts.build_event_type_prompt,
}
SYSTEM = {
    "character": stand_in_prompts.SYSTEM_PROMPT_CHARACTER_RECOGNITION,
    "instrument": stand_in_prompts.SYSTEM_PROMPT_INSTRUMENT,
    "relationship": stand_in_prompts.SYSTEM_PROMPT_RELATIONSHIP,
    "action": stand_in_prompts.SYSTEM_PROMPT_ACTION,
    "stac": stand_in_prompts.SYSTEM_PROMPT_STAC,
    "event_type": stand_in_prompts.SYSTEM_PROMPT_EVENT_TYPE,
}


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget which module was found, and what was said of it."""
    monkeypatch.setenv("FT_PROMPTS_MODULE", "")
    monkeypatch.setenv("FT_CORE_LOAD", f"{ALL},full_detection")
    for cached in (prompts_module._load, prompts_module.tell_of_no_module):
        cached.cache_clear()
    yield
    prompts_module._load.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] in {"llm_model", "theirs"}]:
        del sys.modules[name]


@pytest.fixture
def installed(site: Path) -> Path:
    """A path on which the extension is installed."""
    write_distribution(site, "ft-full-detection", {"full_detection": "ft_full_detection.hooks"}, group="ft_core.extensions")
    return site


@pytest.fixture
def pipeline(site: Path) -> Path:
    """The users' module, at its default place."""
    file = site / "llm_model" / "full_detection" / "prompts.py"
    file.parent.mkdir(parents=True)
    shutil.copy(str(stand_in_prompts.__file__), file)
    return file


def load() -> Steps:
    return load_steps()


def a_story() -> Story:
    stac = {"situation": "Once.", "task": "", "action": "", "consequence": ""}
    return story_of({"event_type": "LACK", "stac": stac}, {"event_type": "OTHER"}, {"event_type": "Initial Situation"})


def arguments_of(step: str, inputs: Any, story: Story) -> dict[str, Any]:
    """What the pipeline's builder of a step has to be called with, spelt out for each step."""
    known = [{"name": each.name, "alias": ";".join(each.aliases), "archetype": each.archetype} for each in story.characters]
    so_far = [each for each in known if each["name"] in {one["name"] for one in inputs.get("known_characters", ())}]
    by_name = {each["name"]: each for each in so_far}
    given: dict[str, dict[str, Any]] = {
        "character": {"existing_characters": [by_name[one["name"]] for one in inputs.get("known_characters", ())]},
        "instrument": {"doers": inputs.get("doers")},
        "relationship": {"doers": inputs.get("doers"), "receivers": inputs.get("receivers")},
        "action": {key: inputs.get(key) for key in ("doers", "receivers", "instrument")},
        "stac": {},
        "event_type": {"stac": inputs.get("stac")},
    }
    return {"text_span": inputs["segment"], "summary": story.summary, **given[step]}


def test_every_prompt_of_the_six_steps_is_exactly_that_of_the_module(installed: Path, pipeline: Path) -> None:
    count = 0
    for story in read_tales([samples_dir()]).stories:
        for step in load().working:
            for item in step.examples(story):
                if isinstance(item, Example):
                    user = BUILDER[step.name](**arguments_of(step.name, item.inputs, story))  # type: ignore[operator]
                    assert item.as_row()["instruction"] == f"{SYSTEM[step.name]}\n\n{user}"
                    count += 1
    assert count > 400


def test_the_characters_so_far_come_with_their_archetypes_in_order_of_appearance(installed: Path, pipeline: Path) -> None:
    step, story = load().get("character"), a_story()
    assert step.build_inputs(story, story.events[0])["known_characters"] == []  # type: ignore[index]
    shown = json.loads(step.build_prompt(step.build_inputs(story, story.events[1])).user)  # type: ignore[arg-type]
    assert shown["existing"] == [
        {"name": "Crane", "alias": "", "archetype": "Sidekick/Helper"},
        {"name": "Fox", "alias": "the red one;Reynard", "archetype": "Hero"},
    ]


def test_what_is_left_out_of_the_inputs_is_empty_to_the_module(installed: Path, pipeline: Path) -> None:
    for step in load().working:
        inputs = {key: value for key, value in FEW[step.name].items() if key not in {"summary", "instrument", "stac"}}
        shown = json.loads(step.build_prompt(inputs).user)
        assert shown["summary"] == ""
        assert shown.get("instrument", "") == ""
        assert shown.get("stac", {}) == {}


def test_the_propp_answer_is_the_code_and_the_name_in_the_tale(installed: Path, pipeline: Path) -> None:
    step, story = load().get("event_type"), a_story()
    outputs = [item.output for item in step.examples(story) if isinstance(item, Example)]
    assert [output["event_type"] for output in outputs] == ["a", "OTHER", "alpha"]
    assert step.info.output_schema["properties"]["event_type"]["enum"] == [*PROPP_FUNCTIONS.values(), OTHER]
    assert list(step.info.output_schema["properties"]) == list(outputs[0])
    assert step.validate_output(outputs[0], {}) == []
    assert step.validate_output({**outputs[0], "event_type": "LACK"}, {}) != []
    bare = forget_labels(story)
    for event, output in zip(bare.events, outputs, strict=True):
        step.apply_output(bare, event, output)
    assert [event.event_type for event in bare.events] == ["LACK", "OTHER", "Initial Situation"]
    assert [event.description for event in bare.events] == [event.description for event in story.events]


def test_the_stac_answer_is_the_record_as_it_is_annotated(installed: Path, pipeline: Path) -> None:
    step = load().get("stac")
    whole = {"situation": "Once a fox lived by a river.", "task": "", "action": "", "consequence": ""}
    divided = {"situation": "The crane lent", "task": "", "action": "the fox a silver comb.", "consequence": ""}
    story = story_of({"stac": whole}, {"stac": divided}, {})
    first, second, third = step.examples(story)
    assert isinstance(first, Example)
    assert isinstance(second, Example)
    assert (first.output, second.output) == (whole, divided)
    assert not isinstance(third, Example)
    assert third.reason == "no STAC record is annotated"
    assert list(step.info.output_schema["properties"]) == list(whole)
    assert step.validate_output(whole, first.inputs) == []
    assert [str(each) for each in step.validate_output(dict.fromkeys(whole, ""), first.inputs)] == [
        "$: situation, task, action and consequence are all empty; at least one must be set"
    ]
    schema = step.narrow_schema(second.inputs)
    assert schema is not None
    assert re.search(schema["properties"]["action"]["pattern"], "The crane lent the fox a silver comb.")
    assert not re.search(schema["properties"]["action"]["pattern"], "The fox")
    bare = forget_labels(story)
    step.apply_output(bare, bare.events[1], divided)
    assert bare.events[1].stac == story.events[1].stac
    answers = [Answer(each.inputs, each.output, each.output, "fox", each.event_id) for each in (first, second)]
    assert step.score_outputs(answers).metrics()["record_f1"] == 1.0


def test_every_label_has_a_code_of_its_own() -> None:
    assert set(CODES) == {*PROPP_FUNCTIONS, OTHER}
    assert len(set(CODES.values())) == len(CODES)


def test_scores_are_of_names_and_the_same_as_without_the_extension(
    installed: Path, pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers(spell: Callable[[str], str]) -> list[Answer]:
        pairs = (("LACK", "LACK"), ("RETURN", "PURSUIT"), ("OTHER", None), ("PURSUIT", "OTHER"))
        return [Answer({}, output(spell(gold)), output(spell(said)) if said else None, "t", "e") for gold, said in pairs]

    def output(label: str) -> dict[str, str]:
        return {"event_type": label, "description_general": "g", "description_specific": ""}

    coded = answers(CODES.__getitem__)
    with_codes = load().get("event_type").score_outputs(coded).metrics()
    assert coded == answers(CODES.__getitem__), "the caller's answers stay as they are"
    monkeypatch.setenv("FT_CORE_LOAD", ALL)
    assert with_codes == load().get("event_type").score_outputs(answers(str)).metrics()


def test_without_the_extension_the_prompts_are_ours_though_the_module_is_there(
    pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FT_CORE_LOAD", ALL)
    story = a_story()
    for step in load().working:
        assert not step.build_prompt(first_inputs(step.name, story)).system.startswith("PIPELINE")
    assert "llm_model" not in sys.modules


def test_without_a_module_it_does_nothing_and_says_so_once(
    installed: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "ft_full_detection")
    story = a_story()
    around = [list(step.examples(story)) for step in load().select([])]
    monkeypatch.setenv("FT_CORE_LOAD", ALL)
    assert around == [list(step.examples(story)) for step in load().select([])]
    (message,) = [record.getMessage() for record in caplog.records if record.name.startswith("ft_full_detection")]
    assert message == (
        "ft-full-detection does nothing: there is no module llm_model.full_detection.prompts, so the steps ask with their own "
        "prompts. Put the folder above it on PYTHONPATH, or name another module: FT_PROMPTS_MODULE."
    )


def first_inputs(step: str, story: Story) -> Any:
    return load().get(step).build_inputs(story, story.events[0])


def why_broken() -> str:
    with pytest.raises(BrokenExtensionError) as caught:
        load().select([])
    assert str(caught.value).count("Extension 'full_detection'") == 1
    return str(caught.value)


def test_missing_names_and_changed_signatures_are_all_listed(installed: Path, pipeline: Path) -> None:
    text = pipeline.read_text(encoding="utf-8").replace("SYSTEM_PROMPT_STAC", "SYSTEM_STAC")
    text = text.replace("def build_instrument_prompt(", "def build_tool_prompt(").replace(
        "stac: dict[str, str]", "record: object"
    )
    text = (
        text.replace('instrument: str = ""', 'instrument: str = "none"')
        + "\nSYSTEM_PROMPT_ACTION = None\nbuild_stac_prompt = 3\n"
    )
    pipeline.write_text(text, encoding="utf-8")
    message = why_broken()
    for fault in (
        "SYSTEM_PROMPT_STAC is missing",
        "SYSTEM_PROMPT_ACTION is a NoneType, not a text",
        "build_instrument_prompt(text_span, summary, doers) is missing",
        "build_event_type_prompt(text_span, summary, record) should be build_event_type_prompt(text_span, summary, stac)",
        "build_action_category_prompt(text_span, summary, doers, receivers, instrument='none') should be ",
        "build_stac_prompt, a int, should be build_stac_prompt(text_span, summary, story_context=None)",
    ):
        assert fault in message
    assert "llm_model.full_detection.prompts with your pipeline's prompts cannot be used: " in message


def test_the_stand_in_has_what_is_asked_for_and_nothing_else() -> None:
    public = {name for name in vars(stand_in_prompts) if name.startswith(("SYSTEM_PROMPT_", "build_"))}
    assert public == {*SYSTEM_PROMPTS, *BUILDERS}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("import a_module_that_is_not_there", "ModuleNotFoundError: No module named 'a_module_that_is_not_there'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_module_that_is_there_and_fails_is_not_passed_over(
    installed: Path, pipeline: Path, content: str, message: str
) -> None:
    pipeline.write_text(content, encoding="utf-8")
    assert f"llm_model.full_detection.prompts with your pipeline's prompts cannot be imported: {message}." in why_broken()


def test_another_module_can_be_named_and_must_then_be_there(
    installed: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(str(stand_in_prompts.__file__), site / "theirs.py")
    monkeypatch.setenv("FT_PROMPTS_MODULE", "theirs")
    assert load().get("stac").build_prompt(FEW["stac"]).system == "PIPELINE stac"
    monkeypatch.setenv("FT_PROMPTS_MODULE", "theirs.prompts")
    assert "the module theirs.prompts with your pipeline's prompts cannot be imported: ModuleNotFoundError" in why_broken()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "return summary['text']",
            "build_stac_prompt raised TypeError: string indices must be integers, not 'str'. Mend it there.",
        ),
        ("return None", "build_stac_prompt answered a NoneType, not a text. Mend it there."),
    ],
)
def test_a_builder_that_fails_is_named(installed: Path, pipeline: Path, body: str, message: str) -> None:
    changed = f"\ndef build_stac_prompt(text_span, summary, story_context=None):\n    {body}\n"
    pipeline.write_text(pipeline.read_text(encoding="utf-8") + changed, encoding="utf-8")
    with pytest.raises(HookFailedError) as caught:
        load().get("stac").build_prompt(FEW["stac"])
    assert str(caught.value) == (
        f"Extension 'full_detection' of ft-full-detection 1.0: llm_model.full_detection.prompts.{message}"
    )


def run(site: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(site), *sys.path])
    environment = os.environ | {"PYTHONPATH": path} | variables
    return subprocess.run(
        [sys.executable, "-m", "ft_core", *words], capture_output=True, text=True, check=False, env=environment
    )


def prepare(site: Path, out: Path, *flags: str, **variables: str) -> str:
    done = run(site, "prepare", "--data-dir", str(samples_dir()), "--output-dir", str(out), *flags, **variables)
    assert done.returncode == 0, done.stderr
    return done.stderr


def read_rows(out: Path, step: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (out / f"{step}_train.jsonl").read_text(encoding="utf-8").splitlines()]


def test_prepare_writes_the_prompts_of_a_module_that_the_command_names_in_several_processes_too(
    installed: Path, site: Path, tmp_path: Path
) -> None:
    shutil.copy(str(stand_in_prompts.__file__), site / "theirs.py")
    assert "ft-full-detection" not in prepare(site, tmp_path / "one", "--prompts-module", "theirs")
    prepare(site, tmp_path / "two", "--prompts-module", "theirs", "--workers", "2")
    for step in STEPS:
        rows = read_rows(tmp_path / "one", step)
        assert rows
        assert all(row["instruction"].startswith(f"{SYSTEM[step]}\n\n{{") for row in rows)
        assert read_rows(tmp_path / "two", step) == rows
    labels = {json.loads(row["output"])["event_type"] for row in read_rows(tmp_path / "one", "event_type")}
    assert labels <= {*PROPP_FUNCTIONS.values(), OTHER}


def test_uninstalled_or_without_a_module_prepare_writes_ours_and_says_nothing(
    installed: Path, site: Path, tmp_path: Path
) -> None:
    assert prepare(site, tmp_path / "without", FT_CORE_LOAD=ALL).count("ft-full-detection") == 0
    assert prepare(site, tmp_path / "idle", "--workers", "2").count("ft-full-detection") == 0
    for step in STEPS:
        assert read_rows(tmp_path / "idle", step) == read_rows(tmp_path / "without", step)


def test_a_run_is_measured_and_used_with_the_module_that_it_was_trained_with(
    installed: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(str(stand_in_prompts.__file__), site / "theirs.py")
    monkeypatch.setenv("FT_PROMPTS_MODULE", "theirs")
    run = save_run(tmp_path / "run", samples_dir(), ["event_type"], prompts_module="theirs", test_fraction=0.3)
    golds = collect_golds(samples_dir(), ["event_type"])
    (run / "event_type").mkdir()
    (run / "event_type" / "adapter_model.safetensors").touch()
    for ask in (ask_in_an_evaluation, ask_as_annotate_does):
        monkeypatch.setenv("FT_PROMPTS_MODULE", "")
        answerer = GoldAnswerer(golds)
        assert ask(run, answerer, tmp_path) == [*PROPP_FUNCTIONS.values(), OTHER]


def ask_in_an_evaluation(run: Path, answerer: GoldAnswerer, folder: Path) -> list[str]:
    options = EvaluationOptions(steps=["event_type"], pipeline=False, resamples=10)
    results = evaluate_run(run, options, report_dir=folder / "report", open_run=opener(answerer))
    adapter = results["steps"]["event_type"]["adapter"]
    assert {figure["value"] for figure in adapter.values() if figure["n"]} == {1.0}, "asked with other prompts"
    return labels_of(load().get("event_type"))


def ask_as_annotate_does(run: Path, answerer: GoldAnswerer, folder: Path) -> list[str]:
    (step,) = find_trained_run(run).steps
    return labels_of(step)


def labels_of(step: Step) -> list[str]:
    return list(step.info.output_schema["properties"]["event_type"]["enum"])


@pytest.mark.usefixtures("own_log")
def test_train_says_once_that_prompts_are_there_and_not_used(
    pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # However the tests are run, here the extension is not installed.
    found = [entry for entry in discovery.discover_extensions() if entry.name != "full_detection"]
    monkeypatch.setattr(registry, "discover_extensions", lambda path: found)
    monkeypatch.delenv("FT_CORE_LOAD")
    command = ["train", "--step", "stac", "--data-dir", str(tmp_path / "none"), "--output-dir", str(tmp_path / "run")]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert told.count("llm_model.full_detection.prompts can be imported, but its prompts are not used: ") == 1
    assert told.count("pip install ./plugins/full_detection") == 1


class TestUnusedPrompts:
    def test_they_are_told_of_where_the_module_is_there_and_the_extension_is_not(self, pipeline: Path) -> None:
        message = pipeline_prompts.describe_unused_prompts(())
        assert message == (
            "llm_model.full_detection.prompts can be imported, but its prompts are not used: the adapters learn ft-core's own. "
            "To train with the prompts of that pipeline: pip install ./plugins/full_detection"
        )
        assert "llm_model" not in sys.modules, "looked for, not imported"

    def test_nothing_is_said_where_the_extension_is_loaded_or_left_out_on_purpose(self, pipeline: Path) -> None:
        assert pipeline_prompts.describe_unused_prompts({"full_detection"}) is None
        assert pipeline_prompts.describe_unused_prompts((), ("full_detection",)) is None

    @pytest.mark.parametrize("name", ["llm_model.full_detection", "json.prompts", "llm_model.full_detection.prompts.more"])
    def test_nothing_is_said_where_there_is_no_such_module(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FT_PROMPTS_MODULE", name)
        assert pipeline_prompts.describe_unused_prompts(()) is None

    def test_core_and_the_extension_look_in_the_same_place(self) -> None:
        assert pipeline_prompts.DEFAULT_MODULE == prompts_module.DEFAULT_MODULE
        assert pipeline_prompts.MODULE_VARIABLE == prompts_module.MODULE_VARIABLE
