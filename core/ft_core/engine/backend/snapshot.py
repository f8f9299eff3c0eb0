"""What attaching an adapter changes on a base model besides its layers, and how to put it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.nn import Module
    from transformers import PreTrainedModel

__all__ = ["Snapshot", "take_snapshot"]

_HOOKS = ("_forward_pre_hooks", "_forward_hooks")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a base model was like, by the names of its modules and parameters.

    Attributes:
        patches: the functions that stand on a module itself, not on its class.
        hooks: the ids of a module's forward hooks.
        trainable: whether a parameter requires gradients.
    """

    patches: dict[str, dict[str, Callable[..., Any]]]
    hooks: dict[str, set[int]]
    trainable: dict[str, bool]

    def restore(self, model: PreTrainedModel) -> None:
        """Make the model what it was: without new functions, hooks, gradients and gradient checkpointing.

        Unsloth and TRL replace the forwards of single layers and of the model for the adapter at hand (fused kernels, a fused
        loss), and add a hook to the embeddings with every adapter; on a CPU Unsloth never switches checkpointing off again.
        """
        model.gradient_checkpointing_disable()
        for path, module in model.named_modules():
            _restore_patches(module, self.patches[path])
            for hooks in _hooks_of(module):
                for each in [each for each in hooks if each not in self.hooks[path]]:
                    del hooks[each]
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(self.trainable[name])
            parameter.grad = None


def take_snapshot(model: PreTrainedModel) -> Snapshot:
    """Note what a base model is like, without an adapter and without gradient checkpointing."""
    modules = dict(model.named_modules())
    return Snapshot(
        patches={path: _patches_of(module) for path, module in modules.items()},
        hooks={path: {each for hooks in _hooks_of(module) for each in hooks} for path, module in modules.items()},
        trainable={name: parameter.requires_grad for name, parameter in model.named_parameters()},
    )


def _patches_of(module: Module) -> dict[str, Callable[..., Any]]:
    return {name: value for name, value in vars(module).items() if _is_patch(value)}


def _restore_patches(module: Module, before: dict[str, Callable[..., Any]]) -> None:
    for name in _patches_of(module).keys() - before.keys():
        delattr(module, name)
    for name, value in before.items():
        if vars(module).get(name) is not value:
            setattr(module, name, value)


def _hooks_of(module: Module) -> list[dict[int, Any]]:
    # PyTorch gives no other way to find hooks whose handles someone else has, or has lost.
    return [getattr(module, name) for name in _HOOKS]


def _is_patch(value: object) -> bool:
    from torch.nn import Module

    return callable(value) and not isinstance(value, Module | type)
