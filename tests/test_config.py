"""The configuration: defaults < file < flags, all problems told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core import FineTuneConfig, LoraSettings
from ft_core.config import load_config, make_config
from ft_core.errors import ConfigError


def problems_of(error: pytest.ExceptionInfo[ConfigError]) -> tuple[str, ...]:
    return error.value.problems


def test_the_users_names_and_defaults_are_kept() -> None:
    config = FineTuneConfig()
    names = "lora_r lora_alpha batch_size gradient_accumulation_steps num_epochs learning_rate warmup_steps bf16 output_dir"
    assert [getattr(config, name) for name in names.split()] == [16, 32, 4, 4, 3, 2e-4, 50, True, "./models"]
    assert config.lora == LoraSettings(16, 32, 0.0, None)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.toml", "batch_size = 2\nseed = 7\n"),
        ("run.yaml", "batch_size: 2\nseed: 7\n"),
        ("run.yml", "{batch_size: 2, seed: 7}"),
    ],
)
def test_a_flag_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    config = load_config(tmp_path / name, {"seed": "8", "learning_rate": None})
    assert (config.batch_size, config.seed, config.learning_rate) == (2, 8, 2e-4)


def test_all_problems_are_told_at_once_with_the_nearest_key() -> None:
    with pytest.raises(ConfigError) as caught:
        make_config({"lerning_rate": 1, "batch_size": 0, "device": "tpu", "wholly_unknown": 1})
    assert problems_of(caught) == (
        "batch_size: input should be greater than or equal to 1, not 0.",
        "device: input should be 'auto', 'cpu' or 'cuda', not 'tpu'.",
        "'lerning_rate' is not a setting. Did you mean 'learning_rate'?",
        "'wholly_unknown' is not a setting.",
    )
    assert str(caught.value).startswith("The configuration cannot be used:\n  - batch_size:")
    assert caught.value.exit_code == 2


def test_the_class_itself_tells_the_same() -> None:
    with pytest.raises(ConfigError) as caught:
        FineTuneConfig(lerning_rate=1, learning_rate=float("inf"), output_dir="")  # type: ignore[call-arg]
    assert problems_of(caught) == (
        "output_dir: string should have at least 1 character, not ''.",
        "learning_rate: input should be a finite number, not inf.",
        "'lerning_rate' is not a setting. Did you mean 'learning_rate'?",
    )


def test_only_the_problems_of_the_file_are_put_down_to_it(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text("batch_size = 2", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file, {"seed": -1})
    assert str(caught.value).startswith("The configuration cannot be used:\n  - seed: ")
    file.write_text("batch_size = 0", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"cannot be used in {file}:\n  - batch_size: "):
        load_config(file, {})


def test_fractions_must_leave_tales_to_train_on() -> None:
    with pytest.raises(ConfigError, match="leave no tale to train on; their sum must be below 1"):
        make_config({"val_fraction": 0.5, "test_fraction": 0.5})


def test_nothing_can_be_cut_anew_where_no_sidecars_are_named() -> None:
    with pytest.raises(
        ConfigError, match="stac_cuts: it cuts the sentences of STAC sidecars; say with stac_dir where they are"
    ):
        make_config({"stac_cuts": 2})
    assert make_config({"stac_cuts": 2, "stac_dir": ["stac"]}).stac_cuts == 2


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("run.toml", "batch_size = ", "The file is not TOML: "),
        ("run.yaml", "a: [", "The file is not YAML: "),
        ("run.yaml", "- a\n", "The file must hold settings by name, one a line."),
        ("run.ini", "a=1", "The file must end in .yaml, .yml or .toml, not '.ini'."),
        ("run.toml", None, "The file cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, content: str | None, problem: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    assert problems_of(caught)[0].startswith(problem)
    assert f"in {file}:" in str(caught.value)
