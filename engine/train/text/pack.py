"""Packs a trained model to ship: int8 rows, tokenizer, calibration; each file written in one move."""

import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from engine.text.calibration import Calibration
from engine.text.encoder import quantise
from engine.text.model import EmotionModel
from engine.text.scorer import config_of


def pack(
    model: EmotionModel, calibration: Calibration, tokenizer: Path | None, version: str, folder: Path
) -> None:
    """Writes model.safetensors, config.json, tokenizer.json to `folder`. Without a tokenizer: characters."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = {f"encoder.{name}": value for name, value in quantise(model.encoder.state_dict()).items()}
    # The head is small, and every answer hangs on it.
    packed |= {"query": model.query.detach().float()}
    packed |= {f"head.{name}": value.detach().float() for name, value in model.head.state_dict().items()}
    if model.window is not None:
        packed |= {"window.nearness": model.window.nearness.detach().float()}
    if model.scene_head is not None:
        parts = model.scene_head.state_dict()
        packed |= {f"scene_head.{name}": value.detach().float() for name, value in parts.items()}
    part = folder / "model.safetensors.part"
    save_file({name: value.contiguous().to(torch.device("cpu")) for name, value in packed.items()}, part)
    os.replace(part, folder / "model.safetensors")
    if tokenizer is not None:
        shutil.copyfile(tokenizer, folder / "tokenizer.json.part")
        os.replace(folder / "tokenizer.json.part", folder / "tokenizer.json")
    longest = min(192, model.encoder.config.positions)
    facts = config_of(model, calibration, version, longest)
    facts["tokens"] = "pieces" if tokenizer is not None else "characters"
    part = folder / "config.json.part"
    part.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(part, folder / "config.json")
