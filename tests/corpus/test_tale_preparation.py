from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ft_core.config import make_config
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.samples import samples_dir
from ft_core.corpus.splitting.split import plan_split
from ft_core.errors import ConfigError, HookError, OutputError
from ft_core.step import load_steps
from tests.corpus.field_steps import install_field_steps
from tests.corpus.preparations import make_data_config, prepare_and_write
from tests.distributions import MORAL_HOOKS, write_step
from tests.tales import make_event, make_tale, write_tale

CHANGED = "was changed or removed while it was being read; run the command again"


def change_between_the_passes(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    def change_and_plan(*arguments: object) -> object:
        change()
        return plan_split(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("ft_core.corpus.preparing.plan_split", change_and_plan)


def test_a_tale_that_is_changed_between_the_passes_is_refused_and_gives_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tales = tmp_path / "tales"
    for name in ("crane", "fox"):
        write_tale(tales, make_tale(name))
    change_between_the_passes(monkeypatch, lambda: write_tale(tales, make_tale("fox", events=2)))
    written = prepare_and_write(tales, make_data_config(tmp_path), "action")
    assert written.manifest["refusals"] == [{"file": "fox.json", "path": "$", "reason": CHANGED}]
    assert (written.report["stories"]["read"], written.report["stories"]["refused"], written.report["events"]) == (1, 1, 3)
    assert {row.story for row in written.list_rows("action")} == {"crane"}


def test_a_line_that_is_changed_between_the_passes_is_refused_and_the_other_lines_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tales = tmp_path / "tales"
    lines = [json.dumps(make_tale(name)) for name in ("a", "b", "c")]
    path = write_tale(tales, {}, "all.jsonl")
    path.write_text("\n".join(lines))
    change_between_the_passes(monkeypatch, lambda: path.write_text("\n".join([lines[0], lines[1] + " ", lines[2]])))
    with prepare([tales], load_steps().select(["action"]), make_data_config(tmp_path), keep_examples=True) as preparation:
        assert preparation.refusals == [Refusal("all.jsonl:2", "$", CHANGED)]
        assert {example.story_id for example in preparation.list_examples("action", "train")} == {"a", "c"}


def test_a_file_that_appears_between_the_passes_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tale(tmp_path / "tales", make_tale("fox"))
    change_between_the_passes(monkeypatch, lambda: write_tale(tmp_path / "tales", make_tale("crane")))
    written = prepare_and_write(tmp_path / "tales", make_data_config(tmp_path), "action")
    assert written.manifest["tales"]["train"] == ["fox"]
    assert {row.story for row in written.list_rows("action")} == {"fox"}


def test_a_tale_without_any_segment_gives_a_reason_for_every_event(tmp_path: Path) -> None:
    write_tale(tmp_path / "tales", make_tale("fox"))
    write_tale(tmp_path / "tales", make_tale("crane", narrative_events=[None, make_event(2, text_span=None)]))
    written = prepare_and_write(tmp_path / "tales", make_data_config(tmp_path), "action")
    assert written.report["events"] == 5
    assert [(each["story"], each["reason"]) for each in written.manifest["steps"]["action"]["skipped"]] == [
        ("crane", "the event has no text")
    ] * 2


def test_a_rule_that_is_switched_off_leaves_the_label_as_it_stands(tmp_path: Path) -> None:
    write_tale(tmp_path / "tales", make_tale(narrative_events=[make_event(1, event_type="gamma")]))
    settings = {"without_rules": ("propp-code",)}
    mended, plain = (
        prepare_and_write(tmp_path / "tales", make_data_config(tmp_path, **each), "event_type", out=name)
        for name, each in (("mended", {}), ("plain", settings))
    )
    assert [row.output["event_type"] for row in mended.list_rows("event_type")] == ["INTERDICTION"]
    assert mended.report["steps"]["event_type"]["repaired"] == {"propp-code": 1}
    assert plain.list_rows("event_type") == []
    assert "propp-code" not in plain.report["repaired"]
    assert plain.manifest["settings"]["without_rules"] == ["propp-code"]
    assert plain.manifest["data_hash"] != mended.manifest["data_hash"]


def test_a_rule_that_is_none_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="propp-kode"):
        prepare([tmp_path / "nowhere"], [], make_config({"without_rules": ("propp-kode",)}))


def test_two_processes_give_the_examples_that_one_gives(tmp_path: Path) -> None:
    steps = load_steps().select(["action", "event_type"])
    found = []
    for workers in (1, 2):
        with prepare([samples_dir()], steps, make_config({}), workers=workers, keep_examples=True) as preparation:
            found.append(preparation.as_training_data())
    assert found[0] == found[1]
    assert found[0].steps["action"].train


@pytest.mark.parametrize("workers", [1, 2])
def test_a_step_that_fails_stops_the_preparation_and_leaves_nothing_behind(tmp_path: Path, site: Path, workers: int) -> None:
    write_step(site, "mood", hooks=MORAL_HOOKS.replace('"segment": event.text', '"segment": event.mood'))
    write_tale(tmp_path / "tales", make_tale())
    steps = install_field_steps(site, "mood")
    with pytest.raises(HookError, match=r"^Step .mood.: .*no attribute .mood."):
        prepare([tmp_path / "tales"], steps, make_data_config(tmp_path), workers=workers, beside=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_lines_are_removed_when_the_preparation_is_closed(tmp_path: Path) -> None:
    write_tale(tmp_path / "tales", make_tale())
    with prepare(
        [tmp_path / "tales"], load_steps().select(["action"]), make_data_config(tmp_path), beside=tmp_path
    ) as preparation:
        assert [path.name.startswith(".ft-core-prepare-") for path in tmp_path.glob(".*")] == [True]
    assert list(tmp_path.glob(".*")) == []
    assert preparation.count_skipped("action") == {}
    assert preparation.collection.tally.events == 3


def test_a_tale_that_is_gone_in_the_second_pass_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("crane", "fox"):
        write_tale(tmp_path / "tales", make_tale(name))
    change_between_the_passes(monkeypatch, (tmp_path / "tales" / "fox.json").unlink)
    with prepare([tmp_path / "tales"], load_steps().select(["action"]), make_data_config(tmp_path)) as preparation:
        assert preparation.refusals == [Refusal("fox.json", "$", CHANGED)]


def test_a_line_that_is_gone_in_the_second_pass_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps(make_tale(name)) for name in ("a", "b")]
    path = write_tale(tmp_path / "tales", {}, "all.jsonl")
    path.write_text("\n".join(lines))
    change_between_the_passes(monkeypatch, lambda: path.write_text(lines[0]))
    with prepare([tmp_path / "tales"], load_steps().select(["action"]), make_data_config(tmp_path)) as preparation:
        assert preparation.refusals == [Refusal("all.jsonl:2", "$", CHANGED)]


def test_a_folder_that_takes_no_lines_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    write_tale(tmp_path / "tales", make_tale())
    monkeypatch.setattr("ft_core.corpus.preparing.TemporaryDirectory", refuse)
    with pytest.raises(OutputError, match="choose a folder that you may write to"):
        prepare([tmp_path / "tales"], load_steps().select(["action"]), make_data_config(tmp_path), beside=tmp_path / "out")
