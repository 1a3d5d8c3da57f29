"""How the music of a state meets the next one's: by the `@transition` of the state that is left, the one that
names the new state where there is one.

What takes bars of its own takes the bars that the game folder has for it (`engine.render.game.phrases`): a
chord that rings out, a button, and for a segue that names its target a bar that leads to the target's key. A
segue that names none goes on at once.
"""

from dataclasses import replace
from typing import Final

from dsl.plan import Key, Plan, Transition
from engine.live.decks import Crossfade
from engine.live.passage import LivePassage
from engine.live.timeline import PlacedPassage, Timeline
from engine.music.score import ChordSpan
from engine.music.theory import Quality
from engine.render.game.phrases import crossfade_s, transition_phrase

LEAST_CROSSFADE_S: Final = 0.1


def transition_between(base: Plan, leaving: str, entering: str) -> Transition | None:
    """How the score goes from one cue to another, both by id: None where that is the same one. A cue that
    the score does not have hands over as one without a `@transition`."""
    if leaving == entering:
        return None
    cue = next((cue for cue in base.cues if cue.id == leaving), None)
    if cue is None:
        return Transition()
    return next((one for one in cue.leads_to if one.to == entering), cue.transition)


def leading_bars(
    transition: Transition, leaving: PlacedPassage, line: float, target: Key
) -> LivePassage | None:
    """The bars between the music that is left at a line and the next, in its tempo and on its instruments;
    None where the transition has none."""
    if transition.kind == "segue" and transition.to is None:
        return None
    passage = leaving.passage
    size = passage.meter.beats_per_bar
    end = line - leaving.beat
    begin = max(end - size, 0.0)
    bar = (begin * passage.seconds_a_beat, (begin + size) * passage.seconds_a_beat)
    playing = tuple(track for track in passage.tracks if track.notes)
    phrase = transition_phrase(transition, transition.to or "", passage.key, target, playing, bar)
    if phrase is None:
        return None
    bpm = passage.bpm
    # Within a bar, music of the same tempo keeps that bar: a chord is struck where the line is.
    offset = 0.0 if transition.kind == "segue" else end % size
    tracks = tuple(
        replace(
            track,
            notes=tuple(
                replace(
                    n,
                    start_beat=offset + n.start_s * bpm / 60.0,
                    beats=(n.end_s - n.start_s) * bpm / 60.0,
                    start_s=offset * passage.seconds_a_beat + n.start_s,
                    end_s=offset * passage.seconds_a_beat + n.end_s,
                )
                for n in track.notes
            ),
        )
        for track in phrase.tracks
    )
    root = passage.key.tonic
    quality: Quality = "maj" if passage.key.mode == "major" else "min"
    if transition.kind == "segue":
        root, quality = (target.tonic + 7) % 12, "7"
    beats = phrase.bars * size
    return replace(
        passage,
        bars=phrase.bars,
        tracks=tracks,
        harmony=(ChordSpan(0.0, beats, root, quality),),
        feeling=passage.feeling_end,
        theme=(),
    )


def crossfade_at(transition: Transition, timeline: Timeline, line: float) -> Crossfade:
    """The crossfade that begins at a line of what is written now: that goes on meanwhile, and where it ends
    too soon its last passage is heard again."""
    leaving = timeline.at(line - 0.01)
    bar_s = leaving.passage.meter.beats_per_bar * leaving.passage.seconds_a_beat
    start_s = leaving.second(line)
    end_s = start_s + max(crossfade_s(transition, bar_s), LEAST_CROSSFADE_S)
    tails = [
        _copy(one, max(one.heard_from, line))
        for one in timeline.placed
        if one.end_beat > line + 1e-6 and one.second(one.heard_from) < end_s
    ]
    last = tails[-1] if tails else timeline.placed[-1]
    while last.second(last.end_beat) < end_s - 1e-6:
        last = _again(last)
        tails.append(last)
    last.end_beat = min(last.end_beat, last.beat_at(end_s))
    return Crossfade(line, start_s, end_s, leaving.deck, tuple(tails))


def _copy(one: PlacedPassage, heard_from: float) -> PlacedPassage:
    return PlacedPassage(
        one.passage,
        one.bar,
        one.beat,
        one.start_s,
        heard_from,
        one.end_beat,
        one.cue,
        one.title,
        deck=one.deck,
        enters=one.enters,
    )


def _again(one: PlacedPassage) -> PlacedPassage:
    beat = one.end_beat
    end = beat + one.passage.beats
    return PlacedPassage(
        one.passage,
        one.bar,
        beat,
        one.second(beat),
        beat,
        end,
        one.cue,
        one.title,
        deck=one.deck,
        enters=one.enters,
    )
