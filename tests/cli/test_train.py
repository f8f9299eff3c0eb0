"""``ft-core train`` with a tiny base model of random weights, as its user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ft_core.cli import main
from ft_core.corpus.reading.samples import samples_dir
from tests.distributions import write_step
from tests.tales import make_event, make_tale, write_tale

Train = Callable[..., int]


@pytest.fixture
def train(tmp_path: Path, base: Path, tales: Path) -> Train:
    """Trains for two optimizer steps into ``tmp_path / "run"``; further flags come last."""
    common = ["--model-name", str(base), "--device", "cpu", "--output-dir", str(tmp_path / "run"), "--max-steps", "2"]

    def run(*flags: str, data: Path | None = tales) -> int:
        where = ["--data-dir", str(data)] if data else []
        return main(["train", *where, *common, "--batch-size", "2", "--max-examples", "4", "--lora-r", "2", *flags])

    return run


def read_run(tmp_path: Path) -> dict[str, dict[str, dict[str, object]]]:
    document: dict[str, dict[str, dict[str, object]]] = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    return document


def test_named_steps_are_trained_and_a_step_can_be_added(
    tmp_path: Path, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--steps", "action", "character") == 0
    assert train("--step", "instrument", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == read_run(tmp_path)
    assert {name: step["status"] for name, step in printed["steps"].items()} == dict.fromkeys(
        ("character", "action", "instrument"), "done"
    )
    for name, step in printed["steps"].items():
        assert (tmp_path / "run" / str(step["adapter"]) / "adapter_model.safetensors").is_file(), name
        assert step["examples"] == 4


def test_the_table_at_the_end_has_examples_tokens_losses_seconds_and_path(
    train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--step", "action") == 0
    table = capsys.readouterr().err
    for word in ("examples", "tokens", "first loss", "last loss", "seconds", "action", "done"):
        assert word in table


def test_what_is_held_already_is_not_trained_over_unless_told_to(
    tmp_path: Path, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--step", "action") == 0
    assert train("--step", "action") == 1
    assert "already holds action. Choose another --output-dir, or train anew with --overwrite." in capsys.readouterr().err
    assert train("--step", "character", "--seed", "7") == 1
    message = capsys.readouterr().err
    assert "holds another run:" in message
    assert "seed: 3407 → 7" in message
    assert sorted(read_run(tmp_path)["steps"]) == ["action"]
    assert train("--step", "action", "--overwrite") == 0


def test_training_on_prepared_files_gives_the_same_adapter(tmp_path: Path, train: Train, tales: Path) -> None:
    prepared = tmp_path / "prepared"
    assert main(["prepare", "--data-dir", str(tales), "--output-dir", str(prepared), "--step", "action"]) == 0
    assert train("--step", "action") == 0
    weights = tmp_path / "run" / "action" / "adapter_model.safetensors"
    contract = tmp_path / "run" / "action" / "contract.json"
    first, agreed = weights.read_bytes(), contract.read_bytes()
    assert train("--step", "action", "--prepared", str(prepared), "--overwrite", data=None) == 0
    assert weights.read_bytes() == first
    assert contract.read_bytes() == agreed
    assert json.loads(agreed)["training"]["input_shares"]["segment"] == 1


def test_flags_that_come_too_late_for_prepared_files_are_told(
    tmp_path: Path, train: Train, tales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepared = str(tmp_path / "prepared")
    assert main(["prepare", "--data-dir", str(tales), "--output-dir", prepared, "--step", "action"]) == 0
    words = ["--step", "action", "--prepared", prepared, "--plan"]
    assert train(*words, "--stac-dir", str(tales), "--stac-cuts", "2", "--balance", "0.5", data=None) == 0
    told = f"{prepared} is prepared already: --stac-cuts, --balance change nothing in it. Prepare the tales anew with ft-core"
    assert told in capsys.readouterr().err
    assert train(*words, "--seed", "5", "--stac-dir", str(tales), data=None) == 0
    assert "is prepared already" not in capsys.readouterr().err


def test_a_manifest_that_does_not_name_the_inputs_leaves_their_shares_unknown(
    tmp_path: Path, train: Train, tales: Path
) -> None:
    prepared = tmp_path / "prepared"
    assert main(["prepare", "--data-dir", str(tales), "--output-dir", str(prepared), "--step", "action"]) == 0
    manifest = json.loads((prepared / "manifest.json").read_text(encoding="utf-8"))
    del manifest["steps"]["action"]["files"]["train"]["lines"][0]["filled"]
    del manifest["steps"]["action"]["files"]["train"]["lines"][0]["blank"]
    (prepared / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert train("--step", "action", "--prepared", str(prepared), "--max-examples", "1000", data=None) == 0
    contract = json.loads((tmp_path / "run" / "action" / "contract.json").read_text(encoding="utf-8"))
    assert contract["training"]["input_shares"] is None


def test_a_folder_of_another_tool_is_trained_on(tmp_path: Path, train: Train) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    row = {"instruction": "What is done?\n\nA fox ran.", "input": "", "output": '{"type":"flee"}'}
    (folder / "action_train.jsonl").write_text((json.dumps(row) + "\n") * 4, encoding="utf-8")
    assert train("--step", "action", "--prepared", str(folder), data=None) == 0
    assert train("--step", "stac", "--prepared", str(folder), data=None) == 1


def test_a_run_keeps_what_it_was_trained_on_and_why_events_were_skipped(tmp_path: Path, train: Train) -> None:
    assert train("--all-installed") == 0
    kept = tmp_path / "run" / "_data"
    skipped = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))["steps"]["stac"]["skipped"]
    assert skipped[0]["file"] == "ant.json"
    assert skipped[0]["path"] == "$.narrative_events[0].stac"
    assert skipped[0]["reason"] == "no STAC record is annotated"
    assert (kept / "action_train.jsonl").read_text(encoding="utf-8").count("\n") > 0


def test_a_step_without_examples_is_passed_over_unless_it_was_named(
    tmp_path: Path, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--all-installed") == 0
    steps = read_run(tmp_path)["steps"]
    assert steps["stac"]["status"] == "skipped"
    assert sorted(name for name, step in steps.items() if step["status"] == "done") == sorted(set(steps) - {"stac"})
    assert "Step 'stac' has no training examples: no STAC record is annotated" in capsys.readouterr().err
    assert train("--step", "stac") == 1


def test_a_broken_step_is_told_and_the_rest_is_trained(
    tmp_path: Path, train: Train, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_step(site, "moral", hooks="raise RuntimeError('no morals')")
    assert train("--all-installed", "--max-steps", "1") == 1
    assert "A broken step is left out. Step 'moral': " in capsys.readouterr().err
    assert read_run(tmp_path)["steps"]["action"]["status"] == "done"


def test_a_third_partys_step_is_trained_like_ours(tmp_path: Path, train: Train, site: Path, tales: Path) -> None:
    write_step(site, "moral")
    for name in ("ant", "bee", "cat", "dog"):
        event = make_event(1) | {"annotations": {"moral": {"moral": "Share."}}}
        write_tale(tales, make_tale(name, narrative_events=[event]))
    assert train("--step", "moral") == 0
    assert read_run(tmp_path)["steps"]["moral"]["status"] == "done"


def test_a_refused_tale_fails_the_command_after_training_unless_it_is_to_keep_going(
    tmp_path: Path, train: Train, tales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tales / "bad.json").write_text("[]", encoding="utf-8")
    assert train("--step", "action") == 1
    assert "Refused: bad.json: $: " in capsys.readouterr().err
    assert read_run(tmp_path)["steps"]["action"]["status"] == "done"
    assert train("--step", "action", "--overwrite", "--keep-going") == 0


def test_a_row_over_the_limit_is_an_error_or_a_counted_skip(tmp_path: Path, train: Train) -> None:
    assert train("--step", "action", "--max-seq-length", "16") == 1
    assert "longer than 16 tokens" in str(read_run(tmp_path)["steps"]["action"]["reason"])
    assert train("--step", "action", "--max-seq-length", "16", "--too-long", "skip") == 1
    assert "too long and were skipped" in str(read_run(tmp_path)["steps"]["action"]["reason"])


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--step", "action"], "Say what to train on: --data-dir DIR with tales, or --prepared DIR with JSONL files"),
        (["--data-dir", str(samples_dir())], "Say which steps: --steps a b c, --step a, or --all-installed"),
        (["--data-dir", str(samples_dir()), "--step", "actoin"], "No step 'actoin' is installed. Did you mean 'action'?"),
        (["--data-dir", str(samples_dir()), "--step", "action", "--batch-size", "0"], "batch_size: input should be greater"),
    ],
)
def test_wrong_usage_exits_with_two(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *flags]) == 2
    assert message in capsys.readouterr().err


def test_a_base_model_that_is_not_there_is_told_with_both_ways_out(
    tmp_path: Path, tales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data-dir", str(tales), "--output-dir", str(tmp_path / "run"), "--device", "cpu"]
    assert main(["train", *where, "--step", "action", "--model-name", "nobody/no-such-model"]) == 1
    message = capsys.readouterr().err
    assert "Error: " in message
    assert "nobody/no-such-model" in message
    assert "hf download" in message


def test_settings_come_from_a_file_and_flags_go_before_it(tmp_path: Path, train: Train) -> None:
    config = tmp_path / "run.yaml"
    config.write_text("learning_rate: 0.001\nseed: 5\n", encoding="utf-8")
    assert train("--step", "action", "--config", str(config), "--seed", "6") == 0
    resolved = read_run(tmp_path)["config"]
    assert (resolved["learning_rate"], resolved["seed"], resolved["max_steps"]) == (0.001, 6, 2)


def test_a_plan_is_printed_and_nothing_is_trained(tmp_path: Path, train: Train, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--steps", "action", "character", "--plan", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed["steps"]) == ["character", "action"]
    assert printed["steps"]["action"]["optimizer_steps"] == 2
    assert not (tmp_path / "run").exists()


def test_training_follows_the_plan_and_records_it(tmp_path: Path, train: Train, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--steps", "action", "--plan", "--json") == 0
    planned = json.loads(capsys.readouterr().out)["steps"]["action"]
    assert train("--steps", "action") == 0
    done = read_run(tmp_path)["steps"]["action"]
    assert done["pack_tokens"] == planned["pack_tokens"]
    assert done["planned_memory_gib"] == round(planned["memory"]["allocated"] / 2**30, 2)
    assert done["changes"] == planned["changes"] == []


def test_where_memory_is_short_training_takes_smaller_packs_and_says_so(
    tmp_path: Path, train: Train, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import psutil

    real = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: real._replace(available=10**6))
    assert train("--steps", "action") == 0
    done = read_run(tmp_path)["steps"]["action"]
    assert int(str(done["pack_tokens"])) < 4096
    assert done["changes"] == [f"packs have {done['pack_tokens']} tokens at most, not 4096"]
    told = capsys.readouterr().err
    assert "It is tried all the same, in the way that takes least." in told
    assert "Step action: to fit the memory of this CPU, packs have" in told


def test_a_limit_of_gpu_memory_is_refused_on_a_cpu(train: Train, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--step", "action", "--gpu-memory", "8GB") == 1
    assert "gpu_memory limits the memory of a GPU, but training is on the CPU." in capsys.readouterr().err
