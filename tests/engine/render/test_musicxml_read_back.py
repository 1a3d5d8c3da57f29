"""MusicXML as other programs read it: music21 (a second library) and, where it is installed, MuseScore."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dsl.score_file import load_plan
from engine.models import Models
from engine.music.score import Lyric, Score, Track
from engine.pipeline import compose
from engine.render.musicxml import musicxml_bytes
from tests.engine.render.small_score import small_score

MUSESCORE = next(
    (found for name in ("musescore3", "mscore3", "musescore", "mscore") if (found := shutil.which(name))),
    None,
)


def read_by_music21(score: Score, folder: Path) -> Any:
    music21 = pytest.importorskip("music21")
    path = folder / "a.musicxml"
    path.write_bytes(musicxml_bytes(score))
    return music21.converter.parse(path)


def part_of(read: Any, name: str) -> Any:
    return next(part for part in read.parts if part.partName == name)


def assert_full(read: Any) -> None:
    """Every voice that has a bar's first beat fills the bar, in every bar of every part."""
    for part in read.parts:
        for bar in part.getElementsByClass("Measure"):
            full = bar.barDuration.quarterLength if bar.number > 0 else bar.duration.quarterLength
            for voice in bar.voices or [bar]:
                filled = sum(e.duration.quarterLength for e in voice.notesAndRests)
                assert filled == pytest.approx(float(full)), (part.partName, bar.number)


def test_bars_are_full_ties_join_and_tempi_stand_in_music21(tmp_path: Path) -> None:
    read = read_by_music21(small_score(), tmp_path)
    assert [part.partName for part in read.parts] == ["Kit", "小提琴", "Strings", "Strings"]
    assert_full(read)
    for part in read.parts:
        assert len(part.getElementsByClass("Measure")) == 6
    tempi = [mark.number for mark in read.recurse().getElementsByClass("MetronomeMark") if mark.number]
    assert [round(float(number)) for number in tempi] == [71, 120]
    violin = part_of(read, "小提琴")
    assert violin.recurse().getElementsByClass("KeySignature")[0].sharps == -1
    sounded = violin.stripTies().flatten().notes
    wanted = [(note.start_beat, note.pitch) for note in small_score().tracks[0].notes]
    assert sorted((float(n.offset), n.pitch.midi) for n in sounded) == sorted(wanted)


def test_a_transposing_instrument_is_written_and_sounds_in_music21(tmp_path: Path) -> None:
    score = small_score()
    notes = score.tracks[0].notes
    bass = tuple(replace(note, pitch=note.pitch - 24) for note in notes)
    tracks = (
        Track("Clarinet", "melody", 71, False, notes),
        Track("Contrabass", "bass", 43, False, bass),
    )
    read = read_by_music21(replace(score, tracks=tracks), tmp_path)
    for name, own, written in (("Clarinet in B♭", notes, 2), ("Double Bass", bass, 12)):
        part = part_of(read, name)
        first = part.recurse().notes[0]
        assert first.pitch.midi == own[0].pitch + written
        assert part.toSoundingPitch().recurse().notes[0].pitch.midi == own[0].pitch


def test_dynamics_are_there_in_music21(tmp_path: Path) -> None:
    score = small_score()
    growing = tuple(replace(n, velocity=40 if n.start_beat < 8 else 110) for n in score.tracks[0].notes)
    read = read_by_music21(replace(score, tracks=(replace(score.tracks[0], notes=growing),)), tmp_path)
    marks = [mark.value for mark in read.recurse().getElementsByClass("Dynamic")]
    assert marks == ["p", "ff"]


def test_drums_have_instruments_of_their_own_names_and_lines(tmp_path: Path) -> None:
    """Each sound of a kit is a named instrument with its MIDI key, on its own line."""
    kit = part_of(read_by_music21(small_score(), tmp_path), "Kit")
    strokes = list(kit.recurse().notes)
    assert len(strokes) == 24
    assert {type(stroke).__name__ for stroke in strokes} == {"Unpitched"}
    assert {stroke.displayName for stroke in strokes} == {"F4", "C5"}
    root = ET.fromstring(musicxml_bytes(small_score()).split(b"\n", 2)[2])
    part = next(p for p in root.findall("part-list/score-part") if p.findtext("part-name") == "Kit")
    names = {i.get("id"): i.findtext("instrument-name") for i in part.findall("score-instrument")}
    keys = {i.get("id"): i.findtext("midi-unpitched") for i in part.findall("midi-instrument")}
    channels = {i.findtext("midi-channel") for i in part.findall("midi-instrument")}
    assert sorted((names[i], keys[i]) for i in names) == [("Bass drum", "37"), ("Snare drum", "39")]
    assert channels == {"10"}
    used = [e.get("id") for e in root.findall(f"part[@id='{part.get('id')}']/measure/note/instrument")]
    assert [names[i] for i in used[:2]] == ["Bass drum", "Snare drum"]
    words = [w.text for w in root.findall(f"part[@id='{part.get('id')}']//words")]
    shown = [word for word in words if word in names.values()]
    assert shown == ["Bass drum", "Snare drum"], "each by name where it is first struck"


@pytest.mark.parametrize(
    "score", ["cliff", "paper-lantern", "last-train", "dungeon-loop", "every-directive", "night-radio"]
)
def test_every_bar_of_every_part_is_full_in_every_shipped_score(score: str, tmp_path: Path) -> None:
    plan = load_plan(Path("scores") / f"{score}.score").plan
    assert plan is not None
    made = compose(plan, Models("cpu", "debug"), takes=1).score
    read = read_by_music21(made, tmp_path)
    assert_full(read)
    assert len({len(part.getElementsByClass("Measure")) for part in read.parts}) == 1


@pytest.mark.skipif(MUSESCORE is None, reason="MuseScore is not installed")
def test_musescore_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "a.musicxml"
    path.write_bytes(musicxml_bytes(small_score()))
    command = [str(MUSESCORE), "-o", str(tmp_path / "back.mid"), str(path)]
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
    pretty_midi = pytest.importorskip("pretty_midi")
    back = pretty_midi.PrettyMIDI(str(tmp_path / "back.mid"))
    assert sum(len(part.notes) for part in back.instruments) == sum(
        len(t.notes) for t in small_score().tracks
    )


@pytest.mark.skipif(MUSESCORE is None, reason="MuseScore is not installed")
@pytest.mark.parametrize(
    ("more", "script"),
    [((), "Hello."), ((72, 69, 65, 67, 61, 9, 11), "Hello."), ((), "It was the best of times. " * 40)],
    ids=["sixteen parts", "twenty-three parts", "long script"],
)
def test_musescore_puts_the_music_of_an_orchestra_on_the_page_of_its_title(
    more: tuple[int, ...], script: str, tmp_path: Path
) -> None:
    from PIL import Image

    score = replace(small_score(), lyrics=(Lyric(0.0, 4.0, script),))
    programs = (73, 68, 71, 70, 60, 56, 57, 58, 47, 0, 46, 52, 48, 41, 42, 43, *more)
    tracks = tuple(
        Track(f"{number}", "melody", program, False, score.tracks[0].notes)
        for number, program in enumerate(programs)
    )
    path = tmp_path / "a.musicxml"
    path.write_bytes(musicxml_bytes(replace(score, tracks=tracks)))
    command = [str(MUSESCORE), "-r", "40", "-o", str(tmp_path / "page.png"), str(path)]
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
    first = Image.open(tmp_path / "page-1.png").convert("RGBA")
    page = Image.new("RGBA", first.size, "white")
    page.alpha_composite(first)
    ink = page.convert("L").point(lambda value: 255 * (value < 128))
    below_the_title = ink.crop((0, first.height // 3, first.width, first.height * 9 // 10))
    assert below_the_title.getbbox() is not None, "the first page has its title only"
