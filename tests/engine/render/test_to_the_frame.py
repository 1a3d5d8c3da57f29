"""A two-hour reel with hits on frames of the film: MIDI, EDL, marker lists and cue sheet say them all within
half a frame, read back by other programs."""

import csv
import io
import random
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree

import mido
import pycmx
import pytest
from timecode import Timecode as Oracle

from dsl.check import check_source
from dsl.plan import Key, Plan
from dsl.planner import plan_document
from dsl.timecode import frame_label, frame_number
from engine.arrange.assemble import lay_axis
from engine.music.clock import clock_of
from engine.music.score import Lyric, Marker, Score, ScoreCue
from engine.render.click import click_midi, clicks_of
from engine.render.cue_sheet import cue_sheet_csv
from engine.render.edl import edl_bytes, markers_edl
from engine.render.marker_lists import avid_txt, premiere_csv, premiere_xml, protools_txt, reaper_csv
from engine.render.midi import midi_bytes
from engine.render.spotting_list import FilmFrames, film_frames, spots_of

RATES = {"23.976": (24000 / 1001, False), "25": (25.0, False), "29.97 drop": (30000 / 1001, True)}
RATES |= {"59.94 drop": (60000 / 1001, True)}
CUES, CUE_S, HITS = 24, 300, 8


@dataclass(frozen=True)
class Reel:
    """The reel as it was asked for: frames of the hits since 00:00:00:00, and what was made of it."""

    fps: float
    drop: bool
    hits: dict[str, int]
    plan: Plan
    score: Score
    film: FilmFrames

    def seconds(self, frame: int) -> float:
        return (frame - frame_number(3600, 0, self.fps, self.drop)) / self.fps


@cache
def reel(rate: str) -> Reel:
    """24 cues of five minutes, eight hits each, at frames drawn by lot."""
    fps, drop = RATES[rate]
    dice = random.Random(7)
    first = frame_number(3600, 0, fps, drop)
    lines = ["melodrama: 1", "title: Reel 1-2", f"fps: {rate.split()[0]}"]
    lines += [f"start: 01:00:00{';' if drop else ':'}00", "---"]
    hits: dict[str, int] = {}
    for cue in range(CUES):
        lines += [f"# 1m{cue + 1} Cue {cue + 1}"]
        begin = first + round(cue * CUE_S * fps)
        lines += [f"@at {frame_label(begin, fps, drop)}", "She waits."]
        places = [round((12 + 35 * n) * fps) + dice.randrange(round(20 * fps)) for n in range(HITS)]
        for place in places:
            hits[f"h{len(hits)}"] = begin + place
            lines += [f"@at {frame_label(begin + place, fps, drop)}", f"@hit h{len(hits) - 1}", "A door."]
    plan = plan_document(check_source("\n".join(lines) + "\n").document, ".")
    assert not [one for one in plan.findings if one.severity == "error"]
    return Reel(fps, drop, hits, plan, bare_score(plan), film_frames(plan) or FilmFrames(0))


def bare_score(plan: Plan) -> Score:
    """The plan's tempo map, metres, markers and lines as a score without a note."""
    clocks = [clock_of(cue) for cue in plan.cues]
    axis = lay_axis(clocks, plan.duration_s)
    markers: list[Marker] = []
    for cue, clock, offset in zip(plan.cues, clocks, axis.cue_beats, strict=True):
        markers.append(Marker(cue.start_s, offset, "cue", cue.id))
        for event in cue.events:
            if event.kind == "hit":
                beat = offset + float(clock.beat_at(event.t_s))
                markers.append(Marker(event.t_s, beat, "hit", event.name or "hit"))
    return Score(
        plan.title,
        None,
        plan.duration_s,
        (),
        axis.tempo,
        axis.meters,
        (),
        tuple(sorted(markers, key=lambda one: one.t_s)),
        tuple(Lyric(one.start_s, one.end_s, one.text) for cue in plan.cues for one in cue.lines),
        tuple(
            ScoreCue(
                cue.id, cue.title, c.start_s, c.end_s, b, b + c.beats, "piano", Key(0, "major", "C"), 1, False
            )
            for cue, c, b in zip(plan.cues, clocks, axis.cue_beats, strict=True)
        ),
    )


def midi_markers(data: bytes) -> list[tuple[str, float]]:
    """(text, seconds) by mido's own reading of ticks and tempi."""
    midi = mido.MidiFile(file=io.BytesIO(data))
    tempi: list[tuple[int, int, float]] = []
    found, ticks, last = [], 0, (0, 500_000, 0.0)
    for message in mido.merge_tracks(midi.tracks):
        ticks += message.time
        seconds = last[2] + mido.tick2second(ticks - last[0], midi.ticks_per_beat, last[1])
        if message.type == "set_tempo":
            last = (ticks, message.tempo, seconds)
            tempi.append(last)
        elif message.type == "marker":
            found.append((message.text.encode("latin-1").decode(), seconds))
    return found


def oracle_frame(label: str, fps: float) -> int:
    """The frame since 00:00:00:00 by another program's count."""
    rate = {24: "23.976", 25: "25", 30: "29.97", 60: "59.94"}[round(fps)]
    drop = ";" in label
    counted = Oracle(rate, label, force_non_drop_frame=not drop)
    return int(counted.frames) - 1


@pytest.mark.parametrize("rate", RATES)
def test_every_hit_of_a_two_hour_reel_is_in_the_midi_within_half_a_frame(rate: str) -> None:
    made = reel(rate)
    heard = {text.removeprefix("hit: "): t for text, t in midi_markers(midi_bytes(made.score))}
    assert len(made.hits) == CUES * HITS
    late = {name: abs(heard[name] - made.seconds(frame)) * made.fps for name, frame in made.hits.items()}
    assert max(late.values()) < 0.5


@pytest.mark.parametrize("rate", RATES)
def test_every_hit_is_in_edl_markers_and_cue_sheet_on_its_very_frame(rate: str) -> None:
    made = reel(rate)
    spots = spots_of(made.score)
    said = {
        "edl": dict(
            re.findall(
                r"\* LOC: (\S+) RED +hit (\w+)", edl_bytes("Reel", spots, made.film).decode(), re.MULTILINE
            )
        ),
        "avid": dict(
            re.findall(r"\t(\S+)\tV1\tred\thit (\w+)", avid_txt(spots, made.film).decode(), re.MULTILINE)
        ),
        "cues": dict(
            pair.split(" ")
            for row in csv.DictReader(
                io.StringIO(
                    cue_sheet_csv(made.score, made.fps, made.film.start_s, made.drop).decode("utf-8-sig")
                )
            )
            for pair in row["hits"].split("; ")
        ),
    }
    for where, labels in said.items():
        frames = {name: oracle_frame(label, made.fps) for label, name in labels.items()}
        assert frames == made.hits, where


@pytest.mark.parametrize("rate", RATES)
def test_another_program_reads_the_cues_of_the_edl_where_they_are(rate: str) -> None:
    made = reel(rate)
    text = edl_bytes("Reel", spots_of(made.score), made.film).decode()
    edl = pycmx.parse_cmx3600(io.StringIO(text.replace("\r\n", "\n")))
    assert edl.title == "Reel"
    assert f"FCM: {'DROP FRAME' if made.drop else 'NON-DROP FRAME'}" in text
    edits = [edit for event in edl.events for edit in event.edits]
    assert [edit.clip_name for edit in edits] == [f"1m{n + 1} Cue {n + 1}" for n in range(CUES)]
    assert all(edit.channels.audio and not edit.channels.video for edit in edits)
    for cue, edit in zip(made.plan.cues, edits, strict=True):
        first, after = (oracle_frame(one, made.fps) for one in (edit.record_in, edit.record_out))
        assert abs(made.seconds(first) - cue.start_s) * made.fps <= 0.5
        assert abs(made.seconds(after) - cue.end_s) * made.fps <= 0.5
        source = [oracle_frame(one, made.fps) for one in (edit.source_in, edit.source_out)]
        assert source[1] - source[0] == after - first


@pytest.mark.parametrize("rate", RATES)
def test_resolve_premiere_and_reaper_have_every_hit_on_its_frame(rate: str) -> None:
    made = reel(rate)
    spots = spots_of(made.score)
    text = markers_edl("Reel", spots, made.film).decode()
    edl = pycmx.parse_cmx3600(io.StringIO(text.replace("\r\n", "\n")))
    starts = [oracle_frame(edit.record_in, made.fps) for event in edl.events for edit in event.edits]
    assert set(made.hits.values()) <= set(starts)
    assert len(starts) == len(set(starts)), "Resolve holds one marker a frame"

    table = premiere_csv(spots, made.film).decode("utf-16")
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    by_name = {row[0]: oracle_frame(row[2].replace(";", ":", 2), made.fps) for row in rows}
    assert made.hits.items() <= by_name.items()

    tree = ElementTree.fromstring(premiere_xml("Reel", spots, made.film))
    zero = int(tree.findtext("sequence/timecode/frame") or -1)
    inside = {m.findtext("name"): zero + int(m.findtext("in") or 0) for m in tree.iter("marker")}
    assert made.hits.items() <= inside.items()
    assert tree.findtext("sequence/rate/ntsc") == ("FALSE" if rate == "25" else "TRUE")

    for row in csv.DictReader(io.StringIO(reaper_csv(spots).decode())):
        if row["#"].startswith("M"):
            hours, minutes, seconds = row["Start"].split(":")
            t_s = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
            wanted = made.seconds(made.hits[row["Name"].removeprefix("hit ")])
            assert abs(t_s - wanted) * made.fps < 0.5


def test_pro_tools_text_names_the_count_of_its_timecodes() -> None:
    text = protools_txt("Reel", spots_of(reel("29.97 drop").score), reel("29.97 drop").film).decode()
    assert "TIMECODE FORMAT:\t29.97 Drop Frame" in text
    assert "SESSION START TIMECODE:\t01:00:00;00" in text
    hit = next(line for line in text.splitlines() if "\th0 " in line).split("\t")
    assert oracle_frame(hit[1].strip(), 30000 / 1001) == reel("29.97 drop").hits["h0"]
    assert int(hit[2]) / 48_000 == pytest.approx(reel("29.97 drop").seconds(reel("29.97 drop").hits["h0"]))


def test_the_click_of_a_reel_falls_on_its_beats_to_the_end() -> None:
    made = reel("23.976")
    track = clicks_of(made.score)
    midi = midi_markers(click_midi(made.score, track))
    moved = {text.removeprefix("hit: "): t - track.lead_s for text, t in midi}
    late = [abs(moved[name] - made.seconds(frame)) * made.fps for name, frame in made.hits.items()]
    assert max(late) < 0.5
    times = [click.t_s for click in track.clicks if not click.count_in]
    last = made.score.tempo[-1]
    nearest = times[bisect_right(times, last.t_s + 1e-6) - 1]
    assert last.t_s - nearest < 60 / last.bpm
