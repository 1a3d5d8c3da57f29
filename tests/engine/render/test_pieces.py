"""The sound of a score in pieces: what they add up to, and what is not synthesised twice."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.music.score import Score, Track
from engine.render import pieces as module
from engine.render.mastering import integrated_loudness, master, true_peak
from engine.render.pieces import Piece, Pieces, Sounding
from engine.render.plain_synth import play_tracks
from engine.render.synthesis import SAMPLE_RATE, TAIL_S, synthesise
from engine.render.synthesiser import Synthesiser, choose_synthesiser
from tests.engine.render.small_score import SECOND_CUE_S, small_score

PLAIN = Synthesiser("plain", "1", None)


def raw(sounding: Sounding) -> Any:
    """The sum of the pieces before mastering."""
    return replace(sounding, gain=np.ones_like(sounding.gain)).mix()


def shifted(score: Score, by_s: float) -> Score:
    """The second cue, and all that is in it, later."""

    def track_of(track: Track) -> Track:
        notes = tuple(
            replace(n, start_s=n.start_s + by_s, end_s=n.end_s + by_s) if n.start_beat >= 16 else n
            for n in track.notes
        )
        return replace(track, notes=notes)

    first, second = score.cues
    second = replace(second, start_s=second.start_s + by_s, end_s=second.end_s + by_s)
    return replace(
        score,
        duration_s=score.duration_s + by_s,
        tracks=tuple(track_of(track) for track in score.tracks),
        cues=(first, second),
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """(role, seconds to its last note) of every piece that was synthesised."""
    told: list[tuple[str, float]] = []
    play = play_tracks

    def counting(tracks: tuple[Track, ...], length: int, rate: int) -> Any:
        told.append((tracks[0].role, length / rate - TAIL_S))
        return play(tracks, length, rate)

    monkeypatch.setattr(module, "play_tracks", counting)
    return told


def test_the_pieces_add_up_to_the_score() -> None:
    score = small_score()
    length = round((score.duration_s + TAIL_S) * SAMPLE_RATE)
    whole = play_tracks(score.tracks, length, SAMPLE_RATE)
    total = raw(Pieces().play(score, PLAIN))
    assert total.shape == whole.shape
    # Notes are laid to the sample: half a sample may go to one side or the other of where the cue begins.
    loud = np.sqrt(np.mean(whole**2))
    assert np.sqrt(np.mean((total - whole) ** 2)) < 0.1 * loud


def test_the_pieces_sound_like_the_whole_on_the_real_synthesiser() -> None:
    synthesiser = choose_synthesiser()
    if synthesiser.font is None:
        pytest.skip("no sound font here")
    score = small_score()
    whole = synthesise(score, synthesiser, separate=True).mix
    total = raw(Pieces().play(score, synthesiser))
    assert total.shape == whole.shape
    hop = SAMPLE_RATE // 10
    levels = [
        10 * np.log10(np.mean(s[: len(s) // hop * hop].reshape(-1, hop, 2) ** 2, axis=(1, 2)) + 1e-12)
        for s in (whole, total)
    ]
    heard = levels[0] > -60
    assert np.median(np.abs(levels[0] - levels[1])[heard]) < 0.5


def test_only_the_cue_that_changed_is_synthesised_again(asked: list[tuple[str, float]]) -> None:
    score, pieces = small_score(), Pieces()
    first = pieces.play(score, PLAIN)
    assert len(asked) == 6  # three roles in two cues
    asked.clear()
    assert np.array_equal(pieces.play(score, PLAIN).mix(), first.mix())
    assert asked == []
    melody = score.tracks[0]
    higher = replace(melody.notes[-1], pitch=melody.notes[-1].pitch + 2)
    changed = replace(melody, notes=(*melody.notes[:-1], higher))
    pieces.play(replace(score, tracks=(changed, *score.tracks[1:])), PLAIN)
    assert [role for role, _ in asked] == ["melody"]
    assert asked[0][1] < 5.0  # the second cue alone


def test_a_cue_that_only_moved_is_the_same_piece(asked: list[tuple[str, float]]) -> None:
    score, pieces = small_score(), Pieces()
    pieces.play(score, PLAIN)
    asked.clear()
    later = pieces.play(shifted(score, 1.2345678), PLAIN)
    assert asked == []
    at = round((SECOND_CUE_S + 1.2345678) * SAMPLE_RATE)
    assert at in [first for first, _ in later.roles["melody"]]


def test_the_gain_is_near_that_of_the_rendered_files() -> None:
    score = small_score()
    sounding = Pieces().play(score, PLAIN)
    exact = master(raw(sounding), SAMPLE_RATE).gain
    assert np.abs(20 * np.log10(sounding.gain / exact)).max() < 1.0
    mix = sounding.mix()
    assert integrated_loudness(mix, SAMPLE_RATE) == pytest.approx(-16.0, abs=0.3)
    assert true_peak(mix, SAMPLE_RATE) < 0.0


def test_silent_roles_are_left_out() -> None:
    sounding = Pieces().play(small_score(), PLAIN)
    assert not sounding.mix({"melody", "chords", "drums"}).any()
    alone = sounding.mix({"chords", "drums"})
    assert 0 < np.abs(alone).max() <= 1.0


def test_what_was_made_before_a_stop_is_kept() -> None:
    synthesiser = choose_synthesiser()
    if synthesiser.font is None:
        pytest.skip("no sound font here")
    pieces = Pieces()

    def stop_after_one(done: int, count: int) -> None:
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        pieces.play(small_score(), synthesiser, stop_after_one)
    assert 2 <= len(pieces._made) <= 4
    counts: list[int] = []
    pieces.play(small_score(), synthesiser, lambda done, count: counts.append(count))
    assert max(counts) < 3


def test_the_longest_unused_is_forgotten_but_nothing_of_the_latest_score(
    asked: list[tuple[str, float]],
) -> None:
    score, pieces = small_score(), Pieces(most_bytes=1)
    one = pieces.play(score, PLAIN)
    assert len(pieces._made) == 6
    melody = score.tracks[0]
    louder = replace(melody, gain_db=melody.gain_db + 1.0)
    pieces.play(replace(score, tracks=(louder, *score.tracks[1:])), PLAIN)
    assert len(pieces._made) == 6  # both old pieces of the melody have gone
    asked.clear()
    assert np.array_equal(pieces.play(score, PLAIN).mix(), one.mix())
    assert [role for role, _ in asked] == ["melody", "melody"]


def test_a_score_without_notes_is_silence() -> None:
    score = replace(small_score(), tracks=())
    mix = Pieces().play(score, PLAIN).mix()
    assert mix.shape == (round((score.duration_s + TAIL_S) * SAMPLE_RATE), 2)
    assert not mix.any()


def test_sixteen_bits_are_enough() -> None:
    sound = np.sin(np.arange(48_000)[:, None] / (20.0, 31.0)).astype(np.float32) * np.float32(1e-3)
    total = np.zeros_like(sound)
    Piece.of(sound).add_to(total)
    assert np.abs(total - sound).max() < 1e-3 / 30_000


def test_a_font_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    from engine.errors import MediaError

    font = tmp_path / "broken.sf2"
    font.write_bytes(b"no font")
    with pytest.raises(MediaError, match=r"broken\.sf2"):
        Pieces().play(small_score(), replace(choose_synthesiser(), font=font))
