"""Eight ways to break a third party's step: each is one clear message, and the other steps go on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ft_core.cli import main
from ft_core.corpus.reading.samples import samples_dir
from tests.distributions import write_extension, write_step

EXTRACTION = "@hookimpl\ndef extract_examples(story):\n"
WHO = "acme-moral 1.0"


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FT_CORE_LOAD", "moral,stac")


def prepare(out: Path, *flags: str) -> int:
    return main(["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(out), *flags])


def import_error(site: Path) -> None:
    write_step(site, "moral", hooks="import a_module_that_is_not_there")


def missing_hook(site: Path) -> None:
    write_step(site, "moral", extra="del build_prompt\n")


def misspelt_argument(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_prompt(input): ...\n")


def duplicate_name(site: Path) -> None:
    write_step(site, "moral")
    write_step(site, "moral", distribution="other-moral", version="0.3")


def specname(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl(specname='build_prompt')\ndef ask(inputs): ...\n")


def exception_in_extraction(site: Path) -> None:
    write_step(site, "moral", extra=f"{EXTRACTION}    raise KeyError('moral')\n")


def generator_that_fails_half_way(site: Path) -> None:
    first = "    yield Skipped(story.id, story.events[0].id, '$', 'r')\n"
    write_step(site, "moral", extra=f"{EXTRACTION}{first}    1 / 0\n")


def schema_that_is_none(site: Path) -> None:
    write_step(site, "moral", extra="SCHEMA['properties']['moral']['type'] = 'text'\n")


BROKEN = [
    (
        import_error,
        f"acme_moral of {WHO} cannot be imported: ModuleNotFoundError: No module named 'a_module_that_is_not_there'",
    ),
    (
        missing_hook,
        f"acme_moral of {WHO} lacks the required hook build_prompt. Define each as a function marked with @hookimpl.",
    ),
    (
        misspelt_argument,
        f"hook 'build_prompt' of {WHO} asks for the argument 'input'. Did you mean 'inputs'? Arguments: step, inputs.",
    ),
    (duplicate_name, f"is provided by {WHO} and other-moral 0.3. Uninstall one of them."),
    (specname, f"hook 'ask' of {WHO} uses specname='build_prompt', which would answer for other steps too. Name the function"),
    (
        exception_in_extraction,
        f"hook 'extract_examples' of {WHO} raised KeyError: 'moral' (acme_moral, line 52). This is a fault of the step",
    ),
    (
        generator_that_fails_half_way,
        f"hook 'extract_examples' of {WHO} raised ZeroDivisionError: division by zero (acme_moral, line 53).",
    ),
    (
        schema_that_is_none,
        f"hook 'describe_step' of {WHO} gives an output_schema that is not a JSON Schema 2020-12 of an object",
    ),
]


@pytest.mark.parametrize(("plant", "message"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_step_is_one_message_and_the_others_are_prepared(
    plant: object, message: str, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(plant)
    plant(site)
    assert prepare(tmp_path / "out", "--json") == 1
    captured = capsys.readouterr()
    (told,) = [line for line in captured.err.splitlines() if "moral" in line]
    assert "Step 'moral'" in told
    assert message in told
    assert "uninstall acme-moral" in told
    assert list(json.loads(captured.out)["steps"]) == ["stac"]
    assert (tmp_path / "out" / "stac_train.jsonl").read_text(encoding="utf-8").count("\n") > 10
    assert not (tmp_path / "out" / "moral_train.jsonl").exists()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_step_that_fails_at_a_later_tale_leaves_nothing_of_itself_and_the_report_says_so(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], workers: str
) -> None:
    fails = "    if story.id.startswith('sample_zh'):\n        raise ValueError(story.id)\n    return iter(())\n"
    write_step(site, "moral", extra=EXTRACTION + fails)
    assert prepare(tmp_path / "out", "--workers", workers, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert list(report["steps"]) == ["stac"]
    assert "raised ValueError: sample_zh_01" in report["failed"]["moral"]
    assert report["steps"]["stac"]["examples"] > 10
    assert not list((tmp_path / "out").glob("moral*"))


def test_the_only_step_that_was_asked_for_fails_the_command(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exception_in_extraction(site)
    assert prepare(tmp_path / "out", "--step", "moral") == 1
    error = capsys.readouterr().err
    assert error.startswith(f"Error: Step 'moral': hook 'extract_examples' of {WHO} raised KeyError")
    assert error.count("moral") == error.count("moral", 0, len(error.splitlines()[0]))


@pytest.mark.usefixtures("own_log")
def test_a_broken_extension_stops_what_asks_steps_and_nothing_is_written(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FT_CORE_LOAD", "stac,polite")
    write_extension(site, "polite", "raise RuntimeError('no words')")
    for command in (
        ["prepare", "--data-dir", str(samples_dir())],
        ["train", "--all-installed", "--data-dir", str(samples_dir())],
    ):
        assert main([*command, "--output-dir", str(tmp_path / "out")]) == 1
        assert "RuntimeError: no words" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main(["steps"]) == 0
    listed = capsys.readouterr().out
    assert (
        "Broken: extension polite (acme-polite 1.0)\n  Extension 'polite': acme_polite of acme-polite 1.0 cannot be" in listed
    )
    assert "  To take it away: pip uninstall acme-polite\n" in listed
