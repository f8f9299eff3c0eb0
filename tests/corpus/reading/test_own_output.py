from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from ft_core.config import make_config
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reporting.report_text import format_report
from ft_core.corpus.writing import write_prepared
from ft_core.engine.run_file import RunRecord, StepRecord, write_run
from ft_core.errors import NoTalesError
from tests.corpus.field_steps import install_field_steps
from tests.tales import make_tale, write_tale


def write_output(tales: Path, out: Path, site: Path) -> None:
    with prepare([tales], install_field_steps(site, "instrument"), make_config({})) as preparation:
        write_prepared(preparation, out)


@pytest.mark.parametrize("place", ["", "out/prepared"], ids=["beside the tales", "below them"])
def test_prepared_data_among_the_tales_is_left_out_and_told(tmp_path: Path, site: Path, place: str) -> None:
    tales = tmp_path / "tales"
    write_tale(tales, make_tale())
    write_output(tales, tales / place, site)
    files = [f"instrument_{split}.jsonl" for split in ("test", "train", "val")]
    left_out = [str(Path(place) / name) for name in (*files, "manifest.json", "report.json")]
    with prepare([tales], install_field_steps(site, "instrument"), make_config({})) as preparation:
        assert [card.source for card in preparation.survey.cards] == ["fox.json"]
        assert preparation.refusals == []
        report = write_prepared(preparation, tales / place)
    assert report["left_out"] == left_out
    told = f"  no tales   5 files beside them, such as {left_out[0]} (report.json has all)"
    assert told in format_report(report).splitlines()
    assert json.loads((tales / place / "manifest.json").read_text(encoding="utf-8"))["left_out"] == left_out


def test_the_record_of_a_run_and_its_adapters_are_left_out_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    write_tale(tmp_path, make_tale("a"))
    write_tale(tmp_path / "models", make_tale("b"))
    write_run(tmp_path / "models", RunRecord({}, {}, 1, steps={"action": StepRecord("done"), "stac": StepRecord("skipped")}))
    (tmp_path / "models" / "action" / "checkpoints").mkdir(parents=True)
    (tmp_path / "models" / "action" / "adapter_config.json").write_text("{}")
    (tmp_path / "models" / "action" / "checkpoints" / "state.json").write_text("{}")
    tales = read_tales([tmp_path])
    assert [story.source for story in tales.stories] == ["a.json", "models/b.json"]
    assert (tales.refusals, tales.left_out) == ([], ["models/action", "models/run.json"])
    assert caplog.messages == ["Left out, for they are no tales: models/action, models/run.json"]


@pytest.mark.parametrize("name", ["manifest.json", "run.json", "report.json"])
def test_a_file_of_such_a_name_that_is_not_ours_is_read_like_any_other(tmp_path: Path, name: str) -> None:
    write_tale(tmp_path, make_tale("a"), name)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / name).write_text('{"steps": []}')
    tales = read_tales([tmp_path])
    assert [story.source for story in tales.stories] == [name]
    assert [refusal.file for refusal in tales.refusals] == [f"below/{name}"]


def test_a_folder_with_nothing_but_our_output_says_so(tmp_path: Path, site: Path) -> None:
    write_tale(tmp_path / "tales", make_tale())
    write_output(tmp_path / "tales", tmp_path / "out", site)
    with pytest.raises(NoTalesError) as caught:
        read_tales([tmp_path / "out"])
    assert str(caught.value) == (
        f"No tale was found: {tmp_path / 'out'} holds no *.json or *.jsonl file, not even in a folder below it. "
        "Left out is what ft-core wrote itself: instrument_test.jsonl, instrument_train.jsonl, instrument_val.jsonl, "
        "manifest.json, report.json."
    )
