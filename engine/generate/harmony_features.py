"""The harmony of bars as the networks read it: chords, metre and mode by bar, the root under each step."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.generate.chord_features import SLOT_FEATURES, slot_features, step_roots
from engine.generate.grid import BEATS, METER_STEPS, STEPS, RoleSpec


@dataclass(frozen=True, slots=True)
class HarmonyFeatures:
    """Conditions of B bars: `bar` float [B, 4·37 + 3 + 1] (chord slots, metre one-hot, minor), `root` int [B,
    16], `valid` bool [B, 16] (steps that the metre has)."""

    bar: Tensor
    root: Tensor
    valid: Tensor

    SIZE = BEATS * SLOT_FEATURES + 4

    def rows(self, index: Tensor) -> "HarmonyFeatures":
        """The bars of these indices."""
        return HarmonyFeatures(self.bar[index], self.root[index], self.valid[index])

    def to(self, device: torch.device) -> "HarmonyFeatures":
        """The same on another device."""
        return HarmonyFeatures(self.bar.to(device), self.root.to(device), self.valid.to(device))


def harmony_features(
    chords: "np.ndarray[tuple[int, ...], np.dtype[np.int8]]",
    meters: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]",
    minor: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
) -> HarmonyFeatures:
    """Features of bars with chords int [B, 4, 3], metre index [B] and minor [B]."""
    slots = slot_features(chords).reshape(len(chords), -1)
    metre = np.eye(3, dtype=np.float32)[meters]
    bar = np.concatenate([slots, metre, minor.astype(np.float32)[:, None]], 1)
    valid = np.arange(STEPS) < np.asarray(METER_STEPS)[meters][:, None]
    return HarmonyFeatures(
        torch.from_numpy(bar), torch.from_numpy(step_roots(chords, meters)), torch.from_numpy(valid)
    )


def chord_relative(root: Tensor, spec: RoleSpec) -> Tensor:
    """Pitch class above the root of each of the role's pitches: int [..., P] for roots [...]."""
    pitches = torch.arange(spec.low, spec.low + spec.pitches, device=root.device)
    return (pitches - root.unsqueeze(-1)) % 12
