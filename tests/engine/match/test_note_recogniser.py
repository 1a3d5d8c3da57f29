"""What the recogniser hears, with the weights that ship and with the ones by the book."""

import json
import shutil
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.errors import WeightsError
from engine.match.features import FEATURES, GROUPS, measure, windows_of
from engine.match.note_recogniser import NoteRecogniser
from engine.weights import SHIPPED
from tests.engine.match.music import performed, tune


@pytest.fixture(scope="module", params=["debug", None], ids=["debug", "shipped"])
def recogniser(request: pytest.FixtureRequest) -> NoteRecogniser:
    return NoteRecogniser.load(request.param)


def test_minor_sounds_less_positive_than_the_same_tune_in_major(recogniser: NoteRecogniser) -> None:
    major, minor = recogniser.hear([tune("major"), tune("minor")])
    assert major.valence - minor.valence > 0.3
    assert abs(major.arousal - minor.arousal) < 0.3


def test_faster_sounds_more_aroused(recogniser: NoteRecogniser) -> None:
    slow, middle, fast = recogniser.hear([tune(beat_s=b) for b in (0.9, 0.55, 0.32)])
    assert slow.arousal < middle.arousal < fast.arousal
    assert fast.arousal - slow.arousal > 0.5


def test_louder_sounds_more_aroused(recogniser: NoteRecogniser) -> None:
    soft, loud = recogniser.hear([tune(velocity=45), tune(velocity=105)])
    assert loud.arousal > soft.arousal


def test_transposition_by_a_little_changes_little(recogniser: NoteRecogniser) -> None:
    here, there = recogniser.hear([tune(), tune(up=2)])
    assert abs(here.valence - there.valence) < 0.15
    assert abs(here.arousal - there.arousal) < 0.15


def test_four_plain_moods_fall_into_their_quadrants() -> None:
    happy, angry, sad, calm = NoteRecogniser.load().hear(
        [
            tune("major", 0.36, 92, staccato=True),
            tune("minor", 0.32, 108, up=-5, staccato=True),
            tune("minor", 0.95, 45, up=-5),
            tune("major", 0.95, 42),
        ]
    )
    assert happy.valence > 0 < happy.arousal
    assert angry.valence < 0 < angry.arousal
    assert sad.valence < 0 > sad.arousal
    assert calm.valence > 0 > calm.arousal


def test_music_that_turns_is_heard_to_turn(recogniser: NoteRecogniser) -> None:
    bright, dark = tune("major", 0.5), tune("minor", 0.5)
    length = bright.duration_s
    rows = [
        (s + shift, e + shift, p, v)
        for clip, shift in ((bright, 0.0), (dark, length))
        for s, e, p, v in zip(clip.start_s, clip.end_s, clip.pitch, clip.velocity, strict=True)
    ]
    heard = recogniser.hear([performed(rows, 2 * length)])[0]
    assert len(heard.segments) >= 3
    assert heard.at(8.0)[0] - heard.at(2 * length - 8.0)[0] > 0.3
    times = [segment.t_s for segment in heard.segments]
    assert times == sorted(times)


def test_values_stay_in_range_for_absurd_music(recogniser: NoteRecogniser) -> None:
    rng = np.random.default_rng(5)
    noise = [(t, t + 0.05, int(rng.integers(0, 128)), 127.0) for t in np.sort(rng.uniform(0, 20, 3000))]
    cluster = [(0.0, 300.0, pitch, 1.0) for pitch in range(40)]
    blip = [(0.0, 0.001, 60, 64.0)] * 8
    for heard in recogniser.hear([performed(noise, 20.0), performed(cluster, 300.0), performed(blip, 0.01)]):
        assert -1 <= heard.valence <= 1
        assert -1 <= heard.arousal <= 1
        assert 0 <= heard.confidence <= 1


def test_silence_is_neutral_and_nobody_is_sure_of_it(recogniser: NoteRecogniser) -> None:
    heard = recogniser.hear([performed([], 30.0), performed([(1.0, 2.0, 60, 80.0)], 30.0)])
    for clip in heard:
        assert (clip.valence, clip.arousal, clip.confidence) == (0.0, 0.0, 0.0)
        assert clip.segments


def test_strange_music_is_heard_with_less_confidence() -> None:
    rng = np.random.default_rng(5)
    noise = [(t, t + 0.05, int(rng.integers(0, 128)), 127.0) for t in np.sort(rng.uniform(0, 20, 2000))]
    usual, strange = NoteRecogniser.load().hear([tune(), performed(noise, 20.0)])
    assert strange.confidence < usual.confidence


def test_a_clip_is_heard_alike_alone_and_among_others(recogniser: NoteRecogniser) -> None:
    clips = [tune("major"), tune("minor", 0.7), performed([], 12.0)]
    together = recogniser.hear(clips)
    alone = [recogniser.hear([clip])[0] for clip in clips]
    for one, other in zip(together, alone, strict=True):
        assert one.valence == pytest.approx(other.valence, abs=1e-9)
        assert one.arousal == pytest.approx(other.arousal, abs=1e-9)
    assert recogniser.hear([]) == []


def test_every_feature_is_finite_named_once_and_has_a_group() -> None:
    assert len(set(FEATURES)) == len(FEATURES) == sum(len(names) for names in GROUPS.values())
    features, heard = measure([tune(), tune("minor", 0.2), performed([], 4.0)])
    assert features.shape == (3, len(FEATURES))
    assert np.isfinite(features).all()
    assert heard.tolist() == [True, True, False]
    assert not features[2].any()


def test_valence_does_not_follow_tempo_or_loudness_alone() -> None:
    """Performance moves arousal; valence needs notes (Livingstone et al. 2010)."""
    slow, fast = NoteRecogniser.load().hear([tune(beat_s=0.6, velocity=60), tune(beat_s=0.4, velocity=90)])
    assert abs(slow.valence - fast.valence) < 0.2


def test_windows_cover_the_clip_from_end_to_end() -> None:
    windows = windows_of(tune(bars=24), 16.0, 8.0)
    assert windows[0].begin_s == 0.0
    assert windows[-1].finish_s == pytest.approx(48.0)
    assert all(b.begin_s - a.begin_s <= 8.0 + 1e-9 for a, b in pairwise(windows))
    short = tune(bars=2)
    assert [w.duration_s for w in windows_of(short, 16.0, 8.0)] == [short.duration_s]


def test_weights_of_another_kind_or_version_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights"):
        NoteRecogniser.load(tmp_path / "nowhere")
    folder = tmp_path / "weights"
    shutil.copytree(SHIPPED / "recogniser", folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"features": ["one"]}), encoding="utf-8")
    with pytest.raises(WeightsError, match="other features"):
        NoteRecogniser.load(folder)
    (folder / "config.json").write_text(json.dumps(config | {"farthest": 9.0}), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"made with farthest 9\.0, not 3\.5"):
        NoteRecogniser.load(folder)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"\x00" * 40)
    with pytest.raises(WeightsError, match="damaged"):
        NoteRecogniser.load(folder)


def test_eight_takes_of_a_minute_are_heard_in_no_time() -> None:
    recogniser = NoteRecogniser.load()
    takes = [replace(tune(bars=30), finish_s=60.0) for _ in range(8)]
    recogniser.hear(takes[:1])
    began = time.process_time()
    recogniser.hear(takes)
    assert time.process_time() - began < 0.6
