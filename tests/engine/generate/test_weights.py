"""The weights folder: what is written comes back, and what is wrong with one is said by name."""

import json
from pathlib import Path

import pytest
import torch

from engine.errors import WeightsError
from engine.generate.weights import FILE, debug_networks, load_networks, save_networks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_networks(debug_networks(), tmp_path)
    return tmp_path


def test_saved_networks_come_back_within_half_precision(folder: Path) -> None:
    before, after = debug_networks(), load_networks(folder)
    assert after.config == before.config
    for name, value in before.codec.state_dict().items():
        assert torch.allclose(after.codec.state_dict()[name], value, atol=2e-3)
    assert (after.shapes.source == before.shapes.source).all()


def test_the_debug_model_is_always_the_same() -> None:
    one, two = debug_networks().generator.state_dict(), debug_networks().generator.state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_nothing_partial_is_left_beside_the_weights(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"config.json", FILE}


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nowhere"):
        load_networks(tmp_path / "nowhere")


def test_damaged_weights_are_named(folder: Path) -> None:
    (folder / FILE).write_bytes((folder / FILE).read_bytes()[:1000])
    with pytest.raises(WeightsError, match=FILE):
        load_networks(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "other"}, "foreign"),
        ({"format": 99}, "format 99"),
        ({"mean": [0.0]}, "latent tables"),
        ({"gan": {"width": 8}}, "shape|configuration"),
        ({"codec": None}, "configuration"),
    ],
)
def test_foreign_configurations_are_refused(folder: Path, change: dict[str, object], message: str) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(WeightsError, match=message):
        load_networks(folder)


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["gan"]["width"] = 48
    path.write_text(json.dumps(config))
    with pytest.raises(WeightsError, match="another shape"):
        load_networks(folder)
