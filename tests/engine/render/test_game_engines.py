"""The files of Godot and Ren'Py: read by the rules of those engines, and everything that they name is
there."""

import configparser
import io
import json
import textwrap
from typing import Any

import pytest
import soundfile

from tests.engine.render.game_score import RATE, folder
from tests.engine.render.tres import External, read_tres

FILES = dict(folder().files)
CUES = json.loads(FILES["manifest.json"])["cues"]


def test_layers_are_played_together_from_files_that_are_there() -> None:
    for cue in CUES:
        home = cue["layers"][0]["file"].rpartition("/")[0]
        resource = read_tres(FILES[f"{home}/layers.tres"])
        assert resource.kind == "AudioStreamSynchronized"
        assert resource.properties["stream_count"] == len(cue["layers"])
        played = [
            f"{home}/{resource.external[resource.properties[f'stream_{n}/stream'].id]}"
            for n in range(len(cue["layers"]))
        ]
        assert played == [layer["ogg"] for layer in cue["layers"]]


def test_cues_are_clips_and_transitions_a_table_with_fillers() -> None:
    resource = read_tres(FILES["tower.tres"])
    assert resource.kind == "AudioStreamInteractive"
    properties = resource.properties
    streams = []
    for number in range(properties["clip_count"]):
        stream = properties[f"clip_{number}/stream"]
        assert isinstance(stream, External)
        streams.append(resource.external[stream.id])
    assert set(streams) <= set(FILES)
    names = [properties[f"clip_{number}/name"].text for number in range(len(streams))]
    assert names[: len(CUES)] == [cue["id"] for cue in CUES]
    table = properties["_transitions"]
    asked = {(names.index(c["id"]), names.index(t["to"])): t for c in CUES for t in c["transitions"]}
    assert set(table) == set(asked)
    for place, transition in asked.items():
        rule = table[place]
        assert (transition["file"] is not None) == ("filler_clip" in rule)
        if "filler_clip" in rule:
            assert streams[rule["filler_clip"]] == transition["ogg"]


def test_a_cue_that_does_not_loop_goes_on_by_itself_to_the_one_cue_that_it_leads_to() -> None:
    properties = read_tres(FILES["tower.tres"]).properties
    names = [cue["id"] for cue in CUES]
    onward = {names[n]: properties.get(f"clip_{n}/next_clip") for n in range(len(names))}
    assert onward == {"L1": None, "L2": None, "Cave-Door": 0, "Cave-Door-2": None, "cue1": 1}


def imported(name: str) -> dict[str, str]:
    """How Godot imports a file: a ConfigFile, values as it writes them."""
    parser = configparser.ConfigParser()
    parser.read_string(FILES[f"{name}.import"].decode())
    assert dict(parser["remap"]) == {"importer": '"oggvorbisstr"', "type": '"AudioStreamOggVorbis"'}
    params = dict(parser["params"])
    assert list(params) == ["loop", "loop_offset", "bpm", "beat_count", "bar_beats"]
    return params


def test_godot_counts_a_bar_as_a_beat_so_that_a_cue_is_left_at_a_bar_line() -> None:
    for cue in CUES:
        for layer in cue["layers"]:
            params = imported(layer["ogg"])
            assert (params["loop"] == "true") == (cue["loop"] is not None)
            bars = float(params["bpm"]) / 60 * cue["end"] / RATE
            assert bars == pytest.approx(cue["bars"]) or params["bpm"] == "0.0"
            assert int(params["beat_count"]) == (0 if cue["loop"] or params["bpm"] == "0.0" else cue["bars"])
    assert float(imported("L1/layer1.ogg")["bpm"]) == pytest.approx(50, abs=0.01)


def test_every_ogg_file_has_its_import_and_every_import_its_file() -> None:
    oggs = {name for name in FILES if name.endswith(".ogg")}
    assert {name.removesuffix(".import") for name in FILES if name.endswith(".import")} == oggs


class Engine:
    """Ren'Py as the script sees it: what it is told to do, and only by names and arguments that it has."""

    def __init__(self) -> None:
        self.channels: dict[str, bool] = {}
        self.told: list[tuple[Any, ...]] = []
        self.music = self

    def register_channel(self, name: str, mixer: str, loop: bool, tight: bool = False) -> None:
        assert mixer == "music"
        self.channels[name] = loop

    def play(
        self,
        filenames: str,
        channel: str,
        loop: bool,
        fadeout: float | None = None,
        synchro_start: bool = False,
    ) -> None:
        self.told.append(("play", channel, filenames, loop, synchro_start))

    def queue(self, filenames: str, channel: str, loop: bool, clear_queue: bool = True) -> None:
        assert not clear_queue
        self.told.append(("queue", channel, filenames, loop))

    def stop(self, channel: str, fadeout: float) -> None:
        self.told.append(("stop", channel))

    def set_volume(self, volume: float, delay: float, channel: str) -> None:
        self.told.append(("volume", channel, volume))


def started() -> tuple[dict[str, Any], Engine]:
    """The script's names after Ren'Py has run its init block, as far as Python reads it."""
    text = FILES["tower.rpy"].decode()
    head, _, block = text.partition("\ninit -10 python:\n")
    defaults = [
        line.removeprefix("default ") for line in head.splitlines() if not line.startswith("#") and line
    ]
    engine = Engine()

    class Store:
        pass

    store = Store()
    names: dict[str, Any] = {"renpy": engine, "store": store}
    for line in defaults:
        name, _, value = line.partition(" = ")
        setattr(store, name, eval(value))
    exec(compile(textwrap.dedent(block), "tower.rpy", "exec"), names)
    return names, engine


def file_of(name: str) -> str:
    """The file that a name in the script means, without what stands in angle brackets before it."""
    spec, _, path = name.rpartition(">")
    assert spec in ("", "<loop 0.0")
    return path.removeprefix("tower.game/")


def test_renpy_begins_all_layers_together_and_loops_them_whole() -> None:
    names, engine = started()
    names["melodrama_play"]("L1")
    played = [one for one in engine.told if one[0] == "play"]
    assert [file_of(one[2]) for one in played] == [layer["ogg"] for layer in CUES[0]["layers"]]
    assert all(one[2].startswith("<loop 0.0>tower.game/") and one[3] and one[4] for one in played)
    assert len({one[1] for one in played}) == 3
    assert {one[1] for one in played} <= set(engine.channels)


def test_renpy_lets_layers_come_and_go_with_intensity() -> None:
    names, engine = started()
    names["melodrama_play"]("L1")
    for level, heard in ((0.0, [1.0, 0.0, 0.0]), (0.5, [1.0, 1.0, 0.0]), (1.0, [1.0, 1.0, 1.0])):
        engine.told.clear()
        names["melodrama_intensity"](level)
        assert [one[2] for one in engine.told] == heard


def test_renpy_plays_a_transition_and_the_cue_behind_its_bars() -> None:
    names, engine = started()
    names["melodrama_play"]("L1")
    engine.told.clear()
    names["melodrama_go"]("L2")
    between = next(one for one in engine.told if one[1] == "melodrama_between")
    assert file_of(between[2]) == CUES[0]["transitions"][0]["ogg"] in FILES
    rests = [one[2] for one in engine.told if one[0] == "play" and one[2].startswith("<silence")]
    seconds = CUES[0]["transitions"][0]["end"] / RATE
    assert rests == [f"<silence {seconds:.6f}>"] * 2
    assert [file_of(one[2]) for one in engine.told if one[0] == "queue"] == [
        layer["ogg"] for layer in CUES[1]["layers"]
    ]


def test_renpy_names_only_files_that_are_there_and_can_be_read() -> None:
    names, engine = started()
    for cue in CUES:
        names["melodrama_play"](cue["id"])
        for stinger in cue["stingers"]:
            names["melodrama_sting"](stinger["name"])
        for transition in cue["transitions"]:
            names["melodrama_play"](cue["id"])
            names["melodrama_go"](transition["to"])
    names["melodrama_stop"]()
    played = {
        file_of(one[2]) for one in engine.told if one[0] in ("play", "queue") and "<silence" not in one[2]
    }
    assert played <= set(FILES)
    assert all(soundfile.info(io.BytesIO(FILES[name])).frames for name in played)


def test_explain_has_every_name_of_the_manifest_where_it_is_looked_for() -> None:
    from dsl.lists import LISTS

    words = {word.strip(",") for line in LISTS["game"]().splitlines() for word in line[:26].split()}
    assert set(CUES[0]) - {"downbeats", "samples", "end", "title", "meter", "bars", "tempo_bpm"} <= words
    assert {"NAME.tres", "NAME.rpy", "manifest.json"} <= words
