"""A game's folder: layers of one length that add up to the mix and come round without a seam, loop points
that other readers find, a manifest that says what the MIDI says."""

import io
import json
import re
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import numpy as np
import numpy.typing as npt
import pretty_midi
import pytest
import soundfile
from mutagen.oggvorbis import OggVorbis

from dsl.plan import Key
from dsl.score_file import plan_source
from engine.errors import OutputError
from engine.models import Models
from engine.music.layers import layers_of
from engine.music.score import Note, ScoreCue, Track
from engine.pipeline import compose
from engine.render.export import Target, check_target, export
from engine.render.game.cue_sound import cue_sound, once
from engine.render.game.folder import GameSound, game_folder
from engine.render.midi import midi_bytes
from engine.render.ogg import with_comments
from engine.render.synthesis import SAMPLE_RATE
from engine.render.synthesiser import choose_synthesiser
from tests.engine.render.game_score import BUILT_IN, RATE, composed, folder
from tests.engine.render.small_score import small_score

IDS = ["L1", "L2", "Cave-Door", "Cave-Door-2", "cue1"]


def files(bits: int = 16) -> dict[str, bytes]:
    made = dict(folder(bits).files)
    assert len(made) == len(folder(bits).files), "two files of one name"
    return made


def manifest() -> list[dict[str, Any]]:
    cues = json.loads(files()["manifest.json"])["cues"]
    assert isinstance(cues, list)
    return cues


def whole(name: str, bits: int = 16) -> npt.NDArray[np.int64]:
    """The whole numbers of a WAV file as another library reads them."""
    read, rate = soundfile.read(io.BytesIO(files(bits)[name]), dtype="int32", always_2d=True)
    assert rate == RATE
    return np.asarray(read, np.int64) >> (32 - bits)


def chunks(data: bytes) -> dict[str, bytes]:
    """The chunks of a RIFF file, which are to fill it."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WAVE"
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    found: dict[str, bytes] = {}
    at = 12
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        found[name.decode()] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    assert at == len(data)
    return found


def test_every_cue_has_a_folder_of_its_own_however_it_is_called() -> None:
    assert [cue["id"] for cue in manifest()] == IDS
    assert all(re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name) for name in files())
    assert len({name.casefold() for name in files()}) == len(files())


def test_layers_are_equally_long_to_the_sample_as_wav_and_as_ogg() -> None:
    for cue in manifest():
        for layer in cue["layers"]:
            assert len(whole(layer["file"])) == cue["samples"]
            assert soundfile.info(io.BytesIO(files()[layer["ogg"]])).frames == cue["samples"]


@pytest.mark.parametrize("bits", [16, 24])
def test_layers_add_up_to_the_mix_to_the_last_bit(bits: int) -> None:
    for cue in manifest():
        layers = [whole(layer["file"], bits) for layer in cue["layers"]]
        assert np.array_equal(sum(layers), whole(cue["mix"]["file"], bits))


def test_ogg_layers_add_up_as_far_as_such_a_code_keeps_them() -> None:
    cue = manifest()[0]
    layers = [soundfile.read(io.BytesIO(files()[layer["ogg"]]))[0] for layer in cue["layers"]]
    mix = whole(cue["mix"]["file"]) / 32768
    error = np.sqrt(np.mean((sum(layers) - mix) ** 2) / np.mean(mix**2))
    assert 20 * np.log10(error) < -15


def test_layers_are_the_mix_of_the_synthesiser_that_plays_to_60_db() -> None:
    """Against all instruments in one go, not against a sum of the layers."""
    score = small_score()
    cue = score.cues[1]
    synthesiser = choose_synthesiser(None)
    layers = cue_sound(score, cue, 3, synthesiser, 48, RATE)
    one = cue_sound(score, cue, 1, synthesiser, 48, RATE)
    error = np.sqrt(np.mean((layers.mix - one.mix) ** 2) / np.mean(one.mix**2))
    assert 20 * np.log10(error) < -60
    assert all(np.abs(layer).max() > 1e-3 for layer in layers.layers)


def test_a_layer_comes_round_with_no_larger_step_than_the_music_has() -> None:
    score = small_score()
    sound = cue_sound(score, score.cues[1], 3, choose_synthesiser(None), 48, RATE)
    for layer in (*sound.layers, sound.mix):
        steps = np.abs(np.diff(np.concatenate([layer, layer]), axis=0)).max(axis=1)
        seam = steps[len(layer) - 3 : len(layer) + 2].max()
        assert seam <= max(np.percentile(steps, 99.9), 1e-5)


def test_what_rings_over_a_short_loop_is_there_as_often_as_it_comes_round() -> None:
    """Against the cue played once, what rings behind its end laid over its start again and again."""
    ringing = Note(60, 90, 1.0, 4.4, 0.5, 2.7)
    cue = ScoreCue("a", "", 0.0, 1.0, 0.0, 2.0, "piano", Key(0, "major", "C"), 1, True)
    score = replace(
        small_score(), tracks=(Track("Organ", "melody", 19, False, (ringing,)),), cues=(cue,), duration_s=1.0
    )
    loop = cue_sound(score, cue, 1, BUILT_IN, 40, SAMPLE_RATE).mix
    played = cue_sound(score, replace(cue, loop=False), 1, BUILT_IN, 40, SAMPLE_RATE).mix
    turns = [played[at : at + len(loop)] for at in range(0, len(played), len(loop))]
    expected = sum(np.pad(turn, ((0, len(loop) - len(turn)), (0, 0))) for turn in turns)
    assert len(turns) > 3
    error = np.sqrt(np.mean((loop - expected) ** 2) / np.mean(expected**2))
    assert 20 * np.log10(error) < -40


def test_loop_points_are_in_the_wav_and_last_to_its_last_sample() -> None:
    for cue in manifest():
        for sound in (*cue["layers"], cue["mix"]):
            found = chunks(files()[sound["file"]])
            assert ("smpl" in found) == (cue["loop"] is not None)
            if cue["loop"]:
                head = struct.unpack_from("<9I", found["smpl"])
                _, kind, start, last, _, count = struct.unpack_from("<6I", found["smpl"], 36)
                assert len(found["smpl"]) == 36 + 24 * head[7]
                assert head[7] == 1
                assert (kind, start, last + 1, count) == (0, cue["loop"]["start"], cue["loop"]["end"], 0)
                assert abs(head[2] - 1e9 / RATE) <= 1
                assert cue["loop"]["end"] == cue["samples"] == cue["end"]


def test_loop_points_are_in_the_ogg_comments_as_another_library_reads_them() -> None:
    for cue in manifest():
        tags = OggVorbis(io.BytesIO(files()[cue["layers"][0]["ogg"]])).tags
        assert tags is not None
        found = {name.upper(): value for name, value in tags}
        loop = cue["loop"]
        assert found.get("LOOPSTART") == (str(loop["start"]) if loop else None)
        assert found.get("LOOPLENGTH") == (str(loop["end"] - loop["start"]) if loop else None)


def test_comments_leave_the_sound_as_it_is_even_where_headers_take_more_pages() -> None:
    data = files()["L1/mix.ogg"]
    changed = with_comments(data, {"LONG": "x" * 150_000})
    before, after = (soundfile.read(io.BytesIO(one))[0] for one in (data, changed))
    assert np.array_equal(before, after)
    tags = OggVorbis(io.BytesIO(changed)).tags
    assert tags is not None
    assert [len(value) for name, value in tags if name.lower() == "long"] == [150_000]


def test_what_is_no_vorbis_gets_no_comments() -> None:
    with pytest.raises(ValueError, match="Ogg page"):
        with_comments(b"RIFF" * 20, {})


def test_beats_bars_and_markers_are_where_the_midi_has_them() -> None:
    score = composed().score
    data = midi_bytes(score)
    midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    downbeats = midi.get_downbeats()
    told = [message for message in mido.MidiFile(file=io.BytesIO(data)) if True]
    at, markers = 0.0, []
    for message in told:
        at += message.time
        if message.type == "marker":
            markers.append((message.text.encode("latin-1").decode("utf-8"), at))
    for cue, made in zip(score.cues, manifest(), strict=True):
        assert made["bars"] == len(made["downbeats"])
        for place in made["downbeats"]:
            assert np.abs(downbeats - cue.start_s - place / RATE).min() < 2e-3
        assert set(made["downbeats"]) <= set(made["beats"])
        numerator = int(made["meter"].split("/")[0])
        assert len(made["beats"]) == numerator * made["bars"]
        assert made["end"] == round((cue.end_s - cue.start_s) * RATE)
        for marker in made["markers"]:
            text = f"{marker['kind']}: {marker['name']}"
            assert min(abs(t - cue.start_s - marker["sample"] / RATE) for n, t in markers if n == text) < 2e-3


def test_a_cue_that_does_not_loop_rings_out_behind_its_last_bar() -> None:
    cue = manifest()[3]
    assert cue["loop"] is None
    assert cue["samples"] > cue["end"] + 2 * RATE
    sound = whole(cue["mix"]["file"])
    assert np.abs(sound[-20:]).max() <= 2


def test_a_cue_that_nobody_plays_is_silent_and_that_is_said() -> None:
    cue = manifest()[2]
    assert all(not whole(layer["file"]).any() for layer in cue["layers"])
    assert cue["stingers"] == []
    assert any("Cave/Door" in one and "nobody" in one for one in folder().remarks)


def test_layers_that_no_instrument_is_left_for_are_silent_and_that_is_said() -> None:
    cue = manifest()[3]
    assert len(cue["layers"]) == 8
    sounding = [whole(layer["file"]).any() for layer in cue["layers"]]
    tracks = once(composed().score, composed().score.cues[3]).tracks
    assert sum(sounding) == len([layer for layer in layers_of(tracks, 8) if layer]) < 8
    assert any(f"{sum(sounding)} of 8 layers" in one for one in folder().remarks)


def test_intensities_say_when_a_layer_enters() -> None:
    assert [layer["from_intensity"] for layer in manifest()[0]["layers"]] == [0.0, 0.333, 0.667]


def test_a_named_hit_and_every_theme_have_a_stinger_in_the_cues_key() -> None:
    cue = manifest()[0]
    assert {(one["kind"], one["name"]) for one in cue["stingers"]} >= {("hit", "door"), ("motif", "rope")}
    assert {one["key"] for one in cue["stingers"]} == {"D minor"} == {cue["key"]}
    for one in cue["stingers"]:
        assert np.abs(whole(one["file"])[: RATE // 2]).max() > 300
        assert len(whole(one["file"])) > RATE
    assert any("drawn" in one for one in folder().remarks)


def test_transitions_are_whole_bars_and_say_where_a_cue_may_be_left() -> None:
    explore = manifest()[0]
    segue, crossfade, button = explore["transitions"]
    assert [one["to"] for one in explore["transitions"]] == ["L2", "cue1", "Cave-Door"]
    bar = explore["end"] / explore["bars"]
    for one in (segue, button):
        assert one["bars"] == 1
        assert one["end"] == pytest.approx(bar, abs=1)
        assert len(whole(one["file"])) > one["end"]
        assert one["places"] == explore["downbeats"]
    assert (crossfade["file"], crossfade["bars"], crossfade["duration_s"]) == (None, 1, 1.0)
    (ring,) = manifest()[1]["transitions"]
    assert ring["bars"] * manifest()[1]["end"] == pytest.approx(ring["end"], abs=ring["bars"])
    assert ring["end"] / RATE >= 2.5
    (cut,) = manifest()[4]["transitions"]
    assert (cut["file"], cut["bars"], cut["end"]) == (None, 0, 0)


def test_a_segue_leads_into_the_key_of_the_cue_that_it_leads_to() -> None:
    from engine.render.game.phrases import tracks_of, transition_phrase

    composition = composed()
    cue, target = composition.score.cues[0], composition.score.cues[1]
    (lead,) = [one for one in composition.plan.cues[0].leads_to if one.to == "L2"]
    bar_s = (cue.end_s - cue.start_s) / 3
    own, last = tracks_of(composition.score, cue), (cue.end_s - bar_s, cue.end_s)
    phrase = transition_phrase(lead, "L2", cue.key, target.key, own, last)
    assert phrase is not None
    dominant = {(target.key.tonic + step) % 12 for step in (7, 11, 2, 5)}
    pitches = {note.pitch % 12 for track in phrase.tracks if not track.is_drum for note in track.notes}
    assert pitches
    assert pitches <= dominant
    assert all(0 <= note.start_s < bar_s + 1e-6 for track in phrase.tracks for note in track.notes)


def test_the_same_seed_gives_the_same_bytes() -> None:
    again = game_folder(composed(), "tower", GameSound(BUILT_IN, 40, RATE, 16))
    assert again.files == folder().files


def test_all_sounds_have_one_gain_and_stay_below_the_ceiling() -> None:
    peaks = [np.abs(whole(cue["mix"]["file"])).max() for cue in manifest()]
    assert 3000 < max(peaks) <= 32768 * 10 ** (-0.9 / 20)
    score = composed().score
    first, second = (cue_sound(score, cue, 1, BUILT_IN, 40, RATE).mix for cue in score.cues[:2])
    before = np.sqrt(np.mean(first**2) / np.mean(second**2))
    after = np.sqrt(np.mean(whole("L1/mix.wav") ** 2.0) / np.mean(whole("L2/mix.wav") ** 2.0))
    assert after == pytest.approx(before, rel=1e-2)


def test_the_folder_is_written_beside_other_formats_with_the_manifest_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELODRAMA_SYNTHESISER", "built-in")
    loaded = plan_source("# A b\n@loop\n@bars 1\n@tempo 200\nGo.", Path("a.score"))
    assert loaded.plan is not None
    composition = compose(loaded.plan, Models("cpu", "debug"), takes=1)
    written = export(composition, Target(tmp_path, "tale", ("mid", "game")))
    assert {file.kind for file in written} == {"mid", "game"}
    assert written[-1].path == str(tmp_path / "tale.game" / "manifest.json")
    assert all(Path(file.path).stat().st_size == file.bytes for file in written)


@pytest.mark.parametrize("kind", ["game", "stems"])
def test_a_file_where_the_folder_should_be_is_told_before_the_work(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"tale.{kind}").write_text("mine")
    with pytest.raises(OutputError, match=rf"tale\.{kind}.*in the way"):
        check_target(Target(tmp_path, "tale", ("mid", kind)))
    assert (tmp_path / f"tale.{kind}").read_text() == "mine"


def test_nothing_is_written_where_the_work_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELODRAMA_SYNTHESISER", "built-in")

    def stop(stage: str, done: int, count: int) -> None:
        if stage == "layers" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(composed(), Target(tmp_path, "tower", ("mid", "game")), stop)
    assert list(tmp_path.iterdir()) == []
