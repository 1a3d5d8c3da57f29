"""A looping cue's file comes round without a seam and is exactly its bars long."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dsl.score_file import plan_source
from engine.models import Models
from engine.music.score import Note, Track
from engine.pipeline import compose
from engine.render.export import Target, export
from engine.render.loops import loop_samples, repeated
from engine.render.synthesiser import choose_synthesiser
from tests.engine.render.small_score import small_score

RATE = 44_100


def test_a_loop_is_as_long_as_its_bars_and_comes_round_without_a_click() -> None:
    score = small_score()
    cue = score.cues[1]
    loop = loop_samples(score, cue, choose_synthesiser(None), 48, RATE)
    assert len(loop) == round((cue.end_s - cue.start_s) * RATE)
    steps = np.abs(np.diff(np.concatenate([loop, loop]), axis=0)).max(axis=1)
    seam = steps[len(loop) - 3 : len(loop) + 2].max()
    assert seam <= np.percentile(steps, 99.9), (
        "a step between the samples of the seam that is not in the music"
    )


def test_what_rings_over_the_end_sounds_at_the_start() -> None:
    score = small_score()
    cue = score.cues[1]
    last = Note(60, 100, 23.0, 1.0, cue.end_s - 0.5, cue.end_s - 0.01)
    alone = replace(score, tracks=(Track("Strings", "chords", 48, False, (last,)),))
    loop = loop_samples(alone, cue, choose_synthesiser(None), 48, RATE)
    opening, middle = (
        float(np.abs(part).max()) for part in (loop[: RATE // 20], loop[RATE * 3 : RATE * 3 + 99])
    )
    assert opening > 0.01 > middle


def test_nothing_of_other_cues_is_in_a_loop() -> None:
    score = small_score()
    own = repeated(score, score.cues[1])
    assert sum(len(track.notes) for track in own.tracks) == 3 * (16 + 6 + 8)
    assert min(note.start_s for track in own.tracks for note in track.notes) >= 0.0


@pytest.mark.parametrize(("formats", "suffixes"), [(("mp3",), {".wav"}), (("ogg", "mp3"), {".ogg"})])
def test_a_loop_is_never_an_mp3(formats: tuple[str, ...], suffixes: set[str], tmp_path: Path) -> None:
    loaded = plan_source("melodrama: 1\n---\n# 1 A\n@loop\n@bars 2\nHello there.\n", Path("a.score"))
    assert loaded.plan is not None
    composition = compose(loaded.plan, Models("cpu", "debug"), takes=1)
    files = export(composition, Target(tmp_path, "game", formats))
    assert {Path(file.path).suffix for file in files if file.kind == "loop"} == suffixes
    assert {file.kind for file in files} == {"loop", *formats}
