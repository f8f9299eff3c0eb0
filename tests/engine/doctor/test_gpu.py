from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from ft_core.engine.doctor import gpu, training_path
from ft_core.engine.doctor.gpu import check_gpu, describe_gpus, find_driver, load_torch
from ft_core.engine.doctor.training_path import Machine, check_training_path, describe_path


@dataclass
class Cuda:
    """What PyTorch says of the GPUs of another machine."""

    gpus: int = 1
    has_bf16: bool = True
    warning: str = ""

    def is_available(self) -> bool:
        if self.warning:
            warnings.warn(self.warning, stacklevel=2)
        return self.gpus > 0

    def device_count(self) -> int:
        return self.gpus

    def get_device_properties(self, index: int) -> SimpleNamespace:
        return SimpleNamespace(name="Example GPU", major=9, minor=0)

    def mem_get_info(self, index: int) -> tuple[int, int]:
        return 70 * 2**30, 80 * 2**30

    def is_bf16_supported(self, including_emulation: bool) -> bool:
        assert not including_emulation
        return self.has_bf16


@dataclass
class Torch:
    """A build of PyTorch."""

    built_for: str | None = "13.0"
    cuda: Cuda = field(default_factory=Cuda)

    @property
    def version(self) -> SimpleNamespace:
        return SimpleNamespace(cuda=self.built_for)


def judge(torch: Torch, driver: str | None, **options: Any) -> list[tuple[str, str]]:
    found = describe_gpus(cast("ModuleType", torch), driver, **options)
    return [(each.status, each.text) for each in found]


def test_every_gpu_is_described() -> None:
    expected = "Example GPU, 70.0 of 80.0 GiB free, compute capability 9.0, with bfloat16"
    assert judge(Torch(cuda=Cuda(gpus=2)), "580.1") == [("ok", "a build for CUDA 13.0"), ("ok", expected), ("ok", expected)]


def test_a_cpu_build_is_a_problem_only_where_there_is_a_gpu() -> None:
    assert judge(Torch(None), None) == [("ok", "a build for CPUs only")]
    assert judge(Torch(None), "580.1")[0][0] == "problem"
    assert judge(Torch(None), "580.1", are_hidden=True) == [("ok", "a build for CPUs only")]


def test_a_driver_that_pytorch_cannot_use_is_a_problem_with_what_pytorch_says() -> None:
    status, text = judge(Torch(cuda=Cuda(0, warning="The NVIDIA driver\nis too old")), "470.1")[1]
    assert (status, text) == ("problem", "PyTorch sees no GPU, though there is a driver: The NVIDIA driver is too old")


def test_hidden_gpus_and_a_machine_without_one_are_notes() -> None:
    assert judge(Torch(cuda=Cuda(0)), "580.1", are_hidden=True)[1][0] == "note"
    assert judge(Torch(cuda=Cuda(0)), None)[1] == ("note", "PyTorch sees no GPU; training takes the CPU")


def test_pytorch_that_cannot_be_imported_is_a_problem_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> ModuleType:
        raise OSError("libcudart.so.13: cannot open shared object file")

    monkeypatch.setattr(gpu, "import_torch", fail)
    assert load_torch() == "libcudart.so.13: cannot open shared object file"
    found = {each.name: each for each in check_gpu()}
    assert found["torch import"].status == "problem"
    assert "libcudart.so.13" in next(iter(check_training_path())).text


def test_the_driver_is_asked_for_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "nvidia-smi"
    command.write_text("#!/bin/sh\necho 580.95.05\necho 580.95.05\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_driver() == "580.95.05"
    command.write_text("#!/bin/sh\nexit 9\n", encoding="utf-8")
    module = tmp_path / "version"
    monkeypatch.setattr(gpu, "_DRIVER_FILE", module)
    assert find_driver() is None
    module.write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.1  Tue\n", encoding="utf-8")
    assert find_driver() == "570.1"


CPU = Machine("cpu", gpu_has_bf16=False, cpu_has_bf16=True, unsloth="2026.10.9", bitsandbytes=None)
GPU = Machine("cuda", gpu_has_bf16=True, cpu_has_bf16=False, unsloth="2026.10.9", bitsandbytes="0.48.0")


def path_of(machine: Machine) -> dict[str, tuple[str, str]]:
    return {each.name: (each.status, each.text) for each in describe_path(machine)}


def test_the_path_on_a_cpu_is_told_with_its_reasons() -> None:
    path = path_of(CPU)
    assert {status for status, _ in path.values()} == {"ok"}
    assert path["base model"][1] == "smollm2-135m, which auto means on this device"
    assert path["dtype"][1] == "bfloat16, for this CPU computes in it"
    assert path["packing"][1].startswith("shared: ")
    assert path["4-bit base"][1].startswith("not possible: --load-in-4bit needs a CUDA GPU")


def test_the_path_on_a_gpu_is_told_with_its_reasons() -> None:
    path = path_of(GPU)
    assert path["device"][1] == "cuda, for PyTorch sees a GPU"
    assert path["base model"][1].startswith("unsloth/Qwen2.5-7B-Instruct")
    assert path["dtype"][1] == "bfloat16"
    assert path["4-bit base"] == ("ok", "possible with --load-in-4bit (bitsandbytes 0.48.0)")


def test_what_a_machine_lacks_changes_the_path() -> None:
    old = Machine("cuda", gpu_has_bf16=False, cpu_has_bf16=False, unsloth=None, bitsandbytes=None)
    path = path_of(old)
    assert path["dtype"][1] == "float16, for this GPU has no bfloat16"
    assert path["4-bit base"][0] == "note"
    assert path["backend"][0] == "problem"
    slow = Machine("cpu", gpu_has_bf16=False, cpu_has_bf16=False, unsloth="2026.10.9", bitsandbytes=None)
    assert path_of(slow)["dtype"][1].startswith("float32, ")


@pytest.mark.parametrize(("told", "dtype"), [("0", "float32"), ("1", "bfloat16")])
def test_unsloths_own_variable_decides_the_dtype_on_a_cpu(told: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSLOTH_CPU_BF16", told)
    cpu = cast("ModuleType", Torch(None, Cuda(gpus=0)))
    monkeypatch.setattr(training_path, "load_torch", lambda: cpu)
    found = {each.name: each.text for each in check_training_path()}
    assert found["dtype"].startswith(dtype)


def test_without_the_training_stack_the_path_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_path, "has_training_stack", lambda: False)
    (found,) = check_training_path()
    assert (found.status, found.text) == ("note", "not possible here: the training stack is not installed")
    monkeypatch.setattr(gpu, "has_training_stack", lambda: False)
    assert [each.name for each in check_gpu()] == ["driver"]
