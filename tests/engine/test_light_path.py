"""Rendering and the workstation's music need neither librosa nor transformers, which cost four hundred
megabytes; who asks for what does need them is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import WeightsError
from engine.text.analyze import TextModel

ROOT = Path(__file__).parents[2]
WITHOUT = """
import sys
for name in ("librosa", "transformers"):
    sys.modules[name] = None
from tui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def without_them(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_render_with_what_is_shipped_needs_neither(tmp_path: Path) -> None:
    score = tmp_path / "a.score"
    score.write_text("# 1 Home\nShe came home at last.\n", encoding="utf-8")
    done = without_them("render", str(score), "-o", str(tmp_path / "out"), "--takes", "1", "--format", "mid")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "a.mid").is_file()


def test_a_model_of_others_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(WeightsError, match=r"pip install 'melodrama\[text-models\]'"):
        TextModel.load(tmp_path)
