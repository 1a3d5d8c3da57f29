"""A script for Ren'Py 8 beside a game's music: layers that begin together and come and go, stingers,
transitions.

Its syntax is that of Ren'Py's documentation ("Audio"): `<loop 0.0>` before a file says where its second
and later times begin, `<silence 1.5>` is a rest, `synchro_start` makes channels begin at the same sample.
The folder lies in the game's `game` folder under its own name.
"""

import json
from collections.abc import Sequence
from pprint import pformat

from engine.render.game.manifest import GameCue

_CODE = '''
    def melodrama_play(cue, fadeout=0.1, after=0.0):
        """Play a cue from its beginning: every layer on a channel of its own, all from the same sample on,
        `after` seconds of silence."""
        music = melodrama_cues[cue]
        store.melodrama_cue = cue
        for number, channel in enumerate(melodrama_channels):
            if number >= len(music["layers"]):
                renpy.music.stop(channel=channel, fadeout=fadeout)
                continue
            name = melodrama_folder + music["layers"][number]["file"]
            if music["loop"]:
                name = "<loop 0.0>" + name
            if after:
                renpy.music.play(
                    "<silence %.6f>" % after, channel=channel, loop=False, fadeout=fadeout, synchro_start=True
                )
                renpy.music.queue(name, channel=channel, loop=music["loop"], clear_queue=False)
            else:
                renpy.music.play(
                    name, channel=channel, loop=music["loop"], fadeout=fadeout, synchro_start=True
                )
        melodrama_intensity(store.melodrama_level, delay=0.0)

    def melodrama_intensity(level, delay=1.0):
        """Let layers come and go: those are heard that enter at `level` (0 to 1) or below."""
        store.melodrama_level = level
        layers = melodrama_cues[store.melodrama_cue]["layers"] if store.melodrama_cue else []
        for layer, channel in zip(layers, melodrama_channels):
            volume = 1.0 if layer["from_intensity"] <= level else 0.0
            renpy.music.set_volume(volume, delay=delay, channel=channel)

    def melodrama_go(cue):
        """Go on to another cue as the score says: by its transition's bars, or by a crossfade; else at
        once."""
        leads = melodrama_cues[store.melodrama_cue]["transitions"] if store.melodrama_cue else {}
        lead = leads.get(cue)
        if lead is None:
            melodrama_play(cue)
        elif lead["file"]:
            renpy.music.play(melodrama_folder + lead["file"], channel="melodrama_between", loop=False)
            melodrama_play(cue, after=lead["seconds"])
        else:
            melodrama_play(cue, fadeout=max(lead["seconds"], 0.1))

    def melodrama_sting(name):
        """Lay a hit or a theme of the cue over its music."""
        stingers = melodrama_cues[store.melodrama_cue]["stingers"] if store.melodrama_cue else {}
        if name in stingers:
            renpy.music.play(melodrama_folder + stingers[name], channel="melodrama_stinger", loop=False)

    def melodrama_stop(fadeout=1.0):
        """Let the music fade out."""
        store.melodrama_cue = None
        for channel in melodrama_channels:
            renpy.music.stop(channel=channel, fadeout=fadeout)
'''


def renpy_script(folder: str, cues: Sequence[GameCue]) -> bytes:
    """The script of a score whose files lie in `folder` (a name, without a slash)."""
    most = max((len(cue.layers) for cue in cues), default=1)
    data = {cue.id: _cue(cue) for cue in cues}
    told = "\n".join(f"    {line}" for line in pformat(data, width=110, sort_dicts=False).splitlines())
    first = json.dumps(cues[0].id, ensure_ascii=False) if cues else '"CUE"'
    lines = [
        "# Written by Melodrama. Put the folder that this file lies in into your game's `game` folder, then:",
        f"#     $ melodrama_play({first})",
        "#     $ melodrama_intensity(0.7)",
        "#     $ melodrama_go(CUE)",
        "#     $ melodrama_sting(NAME)",
        "",
        "default melodrama_cue = None",
        "default melodrama_level = 1.0",
        "",
        "init -10 python:",
        f"    melodrama_folder = {json.dumps(folder + '/', ensure_ascii=False)}",
        f'    melodrama_channels = ["melodrama_%d" % number for number in range({most})]',
        "    for melodrama_channel in melodrama_channels:",
        '        renpy.music.register_channel(melodrama_channel, mixer="music", loop=True, tight=True)',
        '    renpy.music.register_channel("melodrama_between", mixer="music", loop=False)',
        '    renpy.music.register_channel("melodrama_stinger", mixer="music", loop=False)',
        "",
        "    melodrama_cues = \\",
        told,
        _CODE.rstrip(),
    ]
    return ("\n".join(lines) + "\n").encode()


def _cue(cue: GameCue) -> dict[str, object]:
    return {
        "loop": cue.loop is not None,
        "layers": [{"file": one.sound.ogg, "from_intensity": one.from_intensity} for one in cue.layers],
        "stingers": {one.name: one.sound.ogg for one in cue.stingers},
        "transitions": {
            one.to: {
                "file": None if one.sound is None else one.sound.ogg,
                "seconds": round(one.end / cue.sample_rate if one.sound else one.duration_s, 6),
            }
            for one in cue.transitions
        },
    }
