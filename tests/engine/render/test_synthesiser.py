"""Which synthesiser and font play, and that libfluidsynth keeps the promises of synthesis."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import MediaError
from engine.render import soundfont
from engine.render.soundfont import find_soundfont, packaged_soundfont
from engine.render.synthesis import SAMPLE_RATE, TAIL_S, synthesise
from engine.render.synthesiser import Synthesiser, choose_synthesiser, fluidsynth_version
from tests.engine.render.small_score import small_score

needs_fluidsynth = pytest.mark.skipif(fluidsynth_version() is None, reason="libfluidsynth is not installed")
FONT = b"RIFF\x10\x00\x00\x00sfbk" + b"\x00" * 64


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system with an empty folder of fonts."""
    monkeypatch.delenv("MELODRAMA_SOUNDFONT", raising=False)
    monkeypatch.delenv("MELODRAMA_SYNTHESISER", raising=False)
    monkeypatch.setattr(soundfont, "_SYSTEM_FOLDERS", (str(tmp_path),))
    return tmp_path


def test_the_systems_better_font_is_preferred_and_a_compressed_one_only_where_it_can_play(
    system: Path,
) -> None:
    assert find_soundfont() == packaged_soundfont()
    compressed = system / "MuseScore_General.sf3"
    compressed.write_bytes(FONT)
    assert find_soundfont() == packaged_soundfont()
    assert find_soundfont(compressed=True) == compressed
    (system / "FluidR3_GM.sf2").write_bytes(FONT)
    assert find_soundfont(compressed=True) == system / "FluidR3_GM.sf2"


def test_a_named_font_wins_whatever_it_is_called(system: Path) -> None:
    (system / "FluidR3_GM.sf2").write_bytes(FONT)
    own = system / "My strings.sf2"
    own.write_bytes(FONT)
    assert choose_synthesiser(own).font == own


def test_a_pinned_synthesiser_is_used_or_told(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELODRAMA_SYNTHESISER", "midirenderer")
    assert choose_synthesiser().name == "midirenderer"
    (system / "a.sf3").write_bytes(FONT)
    with pytest.raises(MediaError, match="libfluidsynth alone can play"):
        choose_synthesiser(system / "a.sf3")
    monkeypatch.setenv("MELODRAMA_SYNTHESISER", "timidity")
    with pytest.raises(MediaError, match="it may be fluidsynth"):
        choose_synthesiser()


@needs_fluidsynth
def test_fluidsynth_gives_the_same_samples_twice_and_stems_that_sum(system: Path) -> None:
    player = choose_synthesiser()
    assert player.name == "fluidsynth"
    score = small_score()
    apart = synthesise(score, player, separate=True)
    assert {len(stem) for stem in apart.stems.values()} == {round((score.duration_s + TAIL_S) * SAMPLE_RATE)}
    together = synthesise(score, player, separate=False, workers=1)
    # A note may begin a block of 64 samples sooner or later in another company, no more.
    assert (apart.mix - together.mix).std() < 0.01 * together.mix.std()
    again = synthesise(score, player, separate=False, workers=1)
    assert np.array_equal(together.mix, again.mix)
    assert np.abs(together.mix).max() > 0.01


@needs_fluidsynth
def test_fluidsynth_tells_of_a_broken_font(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(FONT)
    with pytest.raises(MediaError, match=r"fluidsynth could not use .*broken\.sf2"):
        synthesise(small_score(), Synthesiser("fluidsynth", "2", broken), separate=False)
