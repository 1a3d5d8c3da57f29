"""A score written out as lists, and the lists taken in again: into the same score they change nothing, and a
new score made of them has every moment where it was."""

import importlib.util
from pathlib import Path
from random import Random

import pytest

from dsl.importers.convert import import_bytes, import_into
from dsl.importers.picture.own_lists import OwnMarker, own_markers
from dsl.importers.picture.take_in import ListOptions
from dsl.plan import Plan
from dsl.score_file import plan_source
from engine.render.cue_sheet import cue_sheet_csv
from engine.render.edl import edl_bytes
from engine.render.marker_lists import marker_files
from engine.render.spotting_list import film_frames, spots_of
from tests.dsl.importers.picture.lists import RATES, label
from tests.engine.render.test_to_the_frame import bare_score

REELS = [("23.976", False), ("24", False), ("25", False), ("29.97", True), ("29.97", False), ("50", False)]
REELS += [("59.94", True), ("59.94", False)]
LISTS = ("resolve.edl", "premiere.xml", "premiere.csv", "avid.txt", "protools.txt", "reaper.csv", "reel.edl")


def plan_of(text: str) -> Plan:
    loaded = plan_source(text.encode(), Path("reel.score"))
    assert loaded.plan is not None
    return loaded.plan


def reel(rate: str, drop: bool) -> str:
    """Two hours from hour one on: cues with and without a number, hits with and without a name, pinned and
    not, lines, a cue's own end."""
    dice, fps = Random(rate), RATES[rate]
    nominal = round(fps)
    first = 3600 * nominal - (54 * nominal // 15 if drop else 0)

    def at(seconds: float) -> str:
        return label(rate, first + round(seconds * fps) + dice.randrange(nominal), drop)

    lines = ["melodrama: 1", "title: Reel", f"fps: {rate}", f"start: {label(rate, first, drop)}", "---"]
    lines += ["// mine", "@character 林"]
    for cue in range(8):
        begins = cue * 900
        names = (f"1m{cue} The cliff", f"Homecoming {'abcdefgh'[cue]}", f"2M{cue} 悬崖")
        lines.append(f"# {names[cue % 3]}")
        lines += [f"@at {at(begins)}", "He stands at the edge. {hit door} Nobody calls. {hit}"]
        lines += [f"@at {at(begins + 100)} // careful", "@hit 门", "林: 我不会回头。"]
        lines += [f"@at {at(begins + 500)}", "@hit", f"@at {at(begins + 600)}", f"@hit h{cue}"]
        lines += [f"@out {at(begins + 700)}"] if cue % 2 else []
    return "\n".join(lines) + "\n"


def written_out(text: str) -> dict[str, bytes]:
    plan = plan_of(text)
    spots, film = spots_of(bare_score(plan)), film_frames(plan)
    assert film is not None
    sheet = cue_sheet_csv(bare_score(plan), plan.fps, plan.film_start_s, plan.drop_frame)
    edl = edl_bytes("Reel", spots, film)
    return dict(marker_files("Reel", spots, film)) | {"reel.edl": edl, "cues.csv": sheet}


def cues_and_hits(text: str) -> tuple[dict[str, float], list[tuple[str, float]]]:
    plan = plan_of(text)
    hits = [(event.name or "", event.t_s) for cue in plan.cues for event in cue.events if event.kind == "hit"]
    return {f"{cue.id} {cue.title}".strip(): cue.start_s for cue in plan.cues}, hits


def readable(name: str) -> bool:
    return name != "premiere.xml" or importlib.util.find_spec("otio_fcp_adapter") is not None


@pytest.mark.parametrize(("rate", "drop"), REELS)
def test_every_list_into_the_score_that_it_comes_from_changes_nothing(rate: str, drop: bool) -> None:
    text = reel(rate, drop)
    for name, data in written_out(text).items():
        if readable(name):
            made = import_into(text, "", data, name)
            assert (name, made.problem, made.text) == (name, None, text)
            assert made.taken is not None
            assert {change.how for change in made.taken.changes} == {"same"}


@pytest.mark.parametrize(("rate", "drop"), REELS)
def test_a_new_score_has_every_cue_and_hit_within_half_a_frame(rate: str, drop: bool) -> None:
    text = reel(rate, drop)
    cues, hits = cues_and_hits(text)
    for name, data in written_out(text).items():
        if not readable(name):
            continue
        made = import_bytes(data, name, options=ListOptions(fps=RATES[rate]))
        again, found = cues_and_hits(made.text)
        slack = 0.5 / RATES[rate] + 1e-3
        assert again.keys() == cues.keys(), name
        assert max(abs(again[cue] - cues[cue]) for cue in cues) <= slack, name
        assert [hit for hit, _ in found] == [hit for hit, _ in hits], name
        assert max(abs(a - b) for (_, a), (_, b) in zip(found, hits, strict=True)) <= slack, name


ODD = {
    "no heading": "He stands at the {hit} edge.\n@bars 4\nRain falls.\n",
    "alike": "# Night\n@bars 4\n# Night\n@hit\nRain.\n# Night\nIt ends {hit} here.\n",
    "numbered alike": "# 1m1 A\n@bars 4\n# 1m1 B\nRain {hit} falls.\n",
    "like a number": "# #1m1 1m1\n@bars 4\n# 1m1 A\nRain.\n# 1m1 1m1\nIt {hit} ends {hit}.\n",
    "a bar": "# Night | day\n@bars 4\n# 2 Rain\nIt ends.\n",
}
"""Cues whose names say little; nothing of them is pinned."""


@pytest.mark.parametrize("name", sorted(ODD))
def test_cues_come_back_to_themselves_whatever_they_are_called(name: str) -> None:
    text = "melodrama: 1\nfps: 25\n---\n" + ODD[name]
    for listed, data in written_out(text).items():
        if readable(listed):
            made = import_into(text, "", data, listed)
            assert (listed, made.problem, made.text) == (listed, None, text)
            assert made.taken is not None
            assert {change.how for change in made.taken.changes} == {"same"}


@pytest.mark.parametrize("fps", ["6", "12.5", "14.985", "23.98", "37.5", "90"])
def test_an_uncommon_frame_rate_puts_no_hit_elsewhere(fps: str) -> None:
    text = f"melodrama: 1\nfps: {fps}\n---\n# 1m1 A\n" + "He stands at the {hit} edge. It {hit} rains.\n" * 40
    for listed, data in written_out(text).items():
        if readable(listed):
            made = import_into(text, "", data, listed)
            assert (listed, made.problem, made.text) == (listed, None, text)


@pytest.mark.parametrize("name", ["alike", "like a number"])
def test_no_cue_is_made_one_with_another_that_is_called_like_it(name: str) -> None:
    text = "melodrama: 1\nfps: 25\n---\n" + ODD[name]
    starts = [cue.start_s for cue in plan_of(text).cues]
    for listed, data in written_out(text).items():
        if readable(listed):
            made = import_bytes(data, listed, options=ListOptions(fps=25))
            again = [cue.start_s for cue in plan_of(made.text).cues]
            assert again == pytest.approx(starts, abs=0.03), listed


def test_a_cue_among_those_called_alike_moves_alone() -> None:
    text = "melodrama: 1\nfps: 25\n---\n" + ODD["alike"]
    third = plan_of(text).cues[2].start_s
    was, becomes = (label("25", round(third * 25) + more, False) for more in (0, 50))
    data = written_out(text)["avid.txt"].decode().replace(f"{was}\tV1\tgreen", f"{becomes}\tV1\tgreen")
    made = import_into(text, "", data.encode(), "avid.txt")
    assert f"# Night\n@at {becomes} // marker: cue: Night\n" in made.text.partition("Rain.")[2]
    assert made.text.count("@at") == 1
    again = import_into(made.text, "", data.encode(), "avid.txt")
    assert again.text == made.text


def test_what_a_score_never_writes_out_is_not_said_to_be_gone() -> None:
    folder = Path(__file__).parents[4] / "scores"
    text = (folder / "platform.score").read_text(encoding="utf-8")
    for name, data in written_out(text).items():
        if readable(name):
            made = import_into(text, "", data, name)
            assert made.text == text
            assert made.taken is not None
            assert {change.how for change in made.taken.changes} == {"same"}


def test_a_hit_and_a_cue_that_the_editor_moved_are_moved() -> None:
    text = reel("25", False)
    data = written_out(text)["avid.txt"].decode()
    plan = plan_of(text)
    (hit,) = [event for cue in plan.cues for event in cue.events if event.name == "h4"]
    was = label("25", 90_000 + round(hit.t_s * 25), False)
    becomes = label("25", 90_000 + round(hit.t_s * 25) + 40, False)
    assert data.count(was) == 1
    made = import_into(text, "", data.replace(was, becomes).encode(), "avid.txt")
    assert made.text == text.replace(was, becomes)


@pytest.mark.parametrize(
    ("name", "note", "lasts", "found"),
    [
        ("whistle", "hit whistle", False, ("hit", "whistle")),
        ("hit", "hit", False, ("hit", "")),
        ("1m1 A", "cue 1m1 A", True, ("cue", "1m1 A")),
        ("林", "line 林: 我不会 / hit", True, None),  # two at one frame would be called 林 as well
        ("line", "line: Rain.", True, ("line", "")),
        ("hit whistle", "", False, ("hit", "whistle")),
        ("cue Homecoming", "", True, ("cue", "Homecoming")),
        ("cue Homecoming", "", False, None),
        ("hit the road", "", False, None),
        ("Door", "hit window", False, None),
        ("online: x", "", False, None),
        ("line up the shot", "", False, None),
    ],
)
def test_only_what_a_score_wrote_is_taken_for_its_own(
    name: str, note: str, lasts: bool, found: tuple[str, str] | None
) -> None:
    own = [(one.kind, one.name) for one in own_markers(name, note, lasts)]
    assert own == ([found] if found is not None else [("line", "林"), ("hit", "")] if "/" in note else [])


def test_several_moments_at_one_frame_are_told_apart() -> None:
    found = own_markers("1m1 A / x / 林", "cue 1m1 A / hit x / line 林: 我 / 你", True)
    assert list(found) == [OwnMarker("cue", "1m1 A"), OwnMarker("hit", "x"), OwnMarker("line", "林")]
