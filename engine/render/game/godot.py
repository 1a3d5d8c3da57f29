"""The files that Godot 4.3 and later takes a game's music from: resources as text, and how Ogg files are
imported.

A cue is an `AudioStreamSynchronized` of its layers, the score an `AudioStreamInteractive`: a clip a cue and a
filler clip a transition that has notes of its own. Names and numbers of properties are those of
modules/interactive_music, the form of the text that of scene/resources/resource_format_text.cpp; paths are
relative to the file, so that the folder may lie anywhere in a project.

An `AudioStreamSynchronized` tells its beats and not how many make a bar, so that a transition cannot wait
for its next bar. Its layers are imported as if a bar were a beat: "next beat" is then the next bar line.
Beats of the music are in the manifest.
"""

from collections.abc import Mapping, Sequence

from engine.render.game.manifest import GameCue, GameTransition

MOST_CLIPS = 63
"""What an `AudioStreamInteractive` holds; `MAX_CLIPS` there."""
_IMMEDIATE, _NEXT_BEAT = 0, 1
_TO_START = 1
_FADE_DISABLED, _FADE_OUT, _FADE_CROSS = 0, 2, 3
_HANDS_OVER_S = 0.06
"""How fast a cue and a filler clip change places, in seconds; Godot fades a cue behind a filler in over a
second unless a fade says otherwise."""


def layers_tres(cue: GameCue) -> bytes:
    """A cue's layers, played together. The file lies in the cue's own folder, beside them."""
    names = [layer.sound.ogg.rpartition("/")[2] for layer in cue.layers]
    lines = [_head("AudioStreamSynchronized", len(names)), ""]
    lines += [_external(number, name) for number, name in enumerate(names, 1)]
    lines += ["", "[resource]", f"stream_count = {len(names)}"]
    for number in range(len(names)):
        lines += [
            f'stream_{number}/stream = ExtResource("{number + 1}")',
            f"stream_{number}/volume = 0.0",
        ]
    return _text(lines)


def interactive_tres(cues: Sequence[GameCue], folders: Mapping[str, str]) -> bytes:
    """The whole score: clips and transitions. `folders` has each cue's folder by its id. What is more than
    `MOST_CLIPS` is left out, fillers before cues."""
    clips = cues[:MOST_CLIPS]
    place = {cue.id: number for number, cue in enumerate(clips)}
    fillers = [
        (cue, one) for cue in clips for one in cue.transitions if one.sound is not None and one.to in place
    ][: MOST_CLIPS - len(clips)]
    paths = [f"{folders[cue.id]}/layers.tres" for cue in clips]
    paths += [one.sound.ogg for _, one in fillers if one.sound is not None]
    names = [cue.id for cue in clips] + [f"{cue.id} to {one.to}" for cue, one in fillers]
    lines = [_head("AudioStreamInteractive", len(paths)), ""]
    lines += [_external(number, path) for number, path in enumerate(paths, 1)]
    lines += ["", "[resource]", f"clip_count = {len(paths)}"]
    for number, name in enumerate(names):
        onward = _onward(clips[number], place) if number < len(clips) else None
        lines += [
            f"clip_{number}/name = &{_quoted(name)}",
            f'clip_{number}/stream = ExtResource("{number + 1}")',
            f"clip_{number}/auto_advance = {0 if onward is None else 1}",
        ]
        lines += [] if onward is None else [f"clip_{number}/next_clip = {onward}"]
    lines.append("initial_clip = 0")
    rules = [
        _rule(cue, one, place, len(clips) + fillers.index((cue, one)) if (cue, one) in fillers else None)
        for cue in clips
        for one in cue.transitions
        if one.to in place
    ]
    if rules:
        lines.append("_transitions = {\n" + ",\n".join(rules) + "\n}")
    return _text(lines)


def ogg_import(loops: bool, bars: tuple[int, int] | None, rate: int) -> bytes:
    """How Godot imports an Ogg file. `bars`: how many equally long ones there are, and the sample where they
    end; each is a beat to Godot. Godot adds where it puts the result.

    A loop goes round at the end of the file, which is its last bar's; a beat count beside it would be rounded
    to a sample again.
    """
    count, end = bars or (0, 0)
    bpm = 60.0 * count * rate / end if end else 0.0
    lines = [
        "[remap]",
        "",
        'importer="oggvorbisstr"',
        'type="AudioStreamOggVorbis"',
        "",
        "[params]",
        "",
        f"loop={'true' if loops else 'false'}",
        "loop_offset=0.0",
        f"bpm={bpm!r}",
        f"beat_count={0 if loops else count}",
        "bar_beats=1",
    ]
    return _text(lines)


def _onward(cue: GameCue, place: Mapping[str, int]) -> int | None:
    """Where a cue that does not loop goes on to by itself: the one cue that it leads to."""
    if cue.loop is not None or len(cue.transitions) != 1:
        return None
    return place.get(cue.transitions[0].to)


def _rule(cue: GameCue, one: GameTransition, place: Mapping[str, int], filler: int | None) -> str:
    """One entry of the table, its keys in Godot's order."""
    bar = cue.bar_samples
    beat_s = 1.0 if bar is None else bar / cue.sample_rate  # without a beat Godot counts fades in seconds
    fade, fade_s = {
        "cut": (_FADE_DISABLED, beat_s),
        "crossfade": (_FADE_CROSS, max(one.duration_s, 0.01)),
    }.get(one.kind, (_FADE_OUT, beat_s / 2))
    if filler is not None:
        fade, fade_s = _FADE_CROSS, _HANDS_OVER_S
    entries = {
        "fade_beats": repr(round(fade_s / beat_s, 6)),
        "fade_mode": fade,
        **({} if filler is None else {"filler_clip": filler}),
        "from_time": _IMMEDIATE if bar is None else _NEXT_BEAT,
        "to_time": _TO_START,
        **({} if filler is None else {"use_filler_clip": "true"}),
    }
    body = ",\n".join(f'"{name}": {value}' for name, value in entries.items())
    return f"Vector2i({place[cue.id]}, {place[one.to]}): {{\n{body}\n}}"


def _head(kind: str, external: int) -> str:
    return f'[gd_resource type="{kind}" load_steps={external + 1} format=3]'


def _external(number: int, path: str) -> str:
    return f'[ext_resource type="AudioStream" path={_quoted(path)} id="{number}"]'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
