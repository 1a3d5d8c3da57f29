"""What changed between two plans, in musical terms: cues added, emotion bent, tempo widened, take kept.

Cues are matched by their number, then by title, then by place. Times that only moved because something before
them grew are not changes; a cue's own length is.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from dsl.cue_names import cue_label
from dsl.matching_lines import matches
from dsl.plan import Curve, EmotionSegment, Motif, Plan, PlannedCue, PlannedEvent, Transition
from dsl.timecode import minutes_and_tenths

_LENGTH_S = 0.05
"""Cue lengths nearer than this are one: a cue end is promised within 50 ms."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `cue` is the cue's id, None for the whole score; `what` the thing, `old` and `new` as
    read."""

    kind: Literal["added", "removed", "changed"]
    cue: str | None
    what: str
    old: str | None = None
    new: str | None = None

    def __str__(self) -> str:
        place = f"{self.cue}: " if self.cue else ""
        if self.kind == "added":
            return f"+ {place}{self.what}{f' {self.new}' if self.new else ''}"
        if self.kind == "removed":
            return f"- {place}{self.what}{f' {self.old}' if self.old else ''}"
        return f"~ {place}{self.what} {self.old} → {self.new}"


def compare(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Every change in musical intent from `old` to `new`, in the order of the new score."""
    changes = list(_whole(old, new))
    pairs = _matched(old.cues, new.cues)
    for one, other in pairs:
        if one is None and other is not None:
            changes.append(Change("added", None, "cue", new=_cue_line(other)))
        elif other is None and one is not None:
            changes.append(Change("removed", None, "cue", old=_cue_line(one)))
        elif one is not None and other is not None:
            changes += _in_cue(one, other)
    return tuple(changes)


def _whole(old: Plan, new: Plan) -> Iterable[Change]:
    """Changes of the score as such and of its declarations."""
    for what, one, other in (
        ("title", old.title, new.title),
        ("seed", str(old.seed), str(new.seed)),
        ("author", old.author or "none", new.author or "none"),
        ("language", old.language, new.language),
        ("frame rate", _rate(old.fps), _rate(new.fps)),
        ("length", minutes_and_tenths(old.duration_s), minutes_and_tenths(new.duration_s)),
    ):
        if one != other:
            yield Change("changed", None, what, one, other)
    yield from _tables(
        "motif", {m.name: _motif(m) for m in old.motifs}, {m.name: _motif(m) for m in new.motifs}
    )
    yield from _tables(
        "character",
        {c.name: f"motif {c.motif or 'none'}, register {c.register or 'any'}" for c in old.characters},
        {c.name: f"motif {c.motif or 'none'}, register {c.register or 'any'}" for c in new.characters},
    )
    yield from _tables(
        "palette",
        {p.name: f"{p.base or 'nothing'} with {dict(p.instruments)}" for p in old.palettes},
        {p.name: f"{p.base or 'nothing'} with {dict(p.instruments)}" for p in new.palettes},
    )
    yield from _tables("reading of", _readings(old), _readings(new))


def _readings(plan: Plan) -> dict[str, str]:
    """What the writer says that words feel (`@feel`), by the words as quoted."""
    return {
        f"“{one.words}”": f"{f'{one.name} ' if one.name else ''}v {one.valence:+.2f} a {one.arousal:+.2f}"
        for one in plan.feelings
    }


def _tables(what: str, old: dict[str, str], new: dict[str, str]) -> Iterable[Change]:
    for name in [*old, *(n for n in new if n not in old)]:
        if name not in new:
            yield Change("removed", None, f"{what} {name}")
        elif name not in old:
            yield Change("added", None, f"{what} {name}", new=new[name])
        elif old[name] != new[name]:
            yield Change("changed", None, f"{what} {name}:", old[name], new[name])


def _matched(
    old: tuple[PlannedCue, ...], new: tuple[PlannedCue, ...]
) -> list[tuple[PlannedCue | None, PlannedCue | None]]:
    """Pairs in the order of the new score, what went coming where it stood."""
    partner: dict[int, int] = {}
    keys: tuple[Callable[[PlannedCue], str], ...] = (
        lambda cue: f"{cue.id} {cue.title}",
        lambda cue: cue.title,
        lambda cue: cue.id,
    )
    for key in keys:
        taken = set(partner.values())
        free = {key(cue): i for i, cue in reversed(list(enumerate(old))) if i not in taken and key(cue)}
        for j, cue in enumerate(new):
            if j not in partner and key(cue) in free:
                partner[j] = free.pop(key(cue))
    taken = set(partner.values())
    gone = deque(i for i in range(len(old)) if i not in taken)
    pairs: list[tuple[PlannedCue | None, PlannedCue | None]] = []
    for j, cue in enumerate(new):
        while gone and j in partner and gone[0] < partner[j]:
            pairs.append((old[gone.popleft()], None))
        pairs.append((old[partner[j]] if j in partner else None, cue))
    return [*pairs, *((old[i], None) for i in gone)]


def _in_cue(old: PlannedCue, new: PlannedCue) -> Iterable[Change]:
    where = new.id or new.title
    for what, one, other in zip(_FACTS, _facts(old), _facts(new), strict=True):
        if one != other:
            yield Change("changed", where, what, one, other)
    if abs(old.duration_s - new.duration_s) > _LENGTH_S:
        yield Change(
            "changed", where, "length", minutes_and_tenths(old.duration_s), minutes_and_tenths(new.duration_s)
        )
    yield from _sequence(
        where, "event", [_event(e, old) for e in old.events], [_event(e, new) for e in new.events]
    )
    yield from _sequence(
        where,
        "line",
        [_line(old, i) for i in range(len(old.lines))],
        [_line(new, i) for i in range(len(new.lines))],
    )


_FACTS = (
    "title",
    "style",
    "tempo",
    "key",
    "metre",
    "emotion",
    "dynamics",
    "density",
    "tension",
    "register",
    "instruments",
    "muted",
    "seed",
    "take",
    "loop",
    "transition",
    "transitions to",
    "layers",
    "frozen take",
    "temp track",
    "voice",
    "picture",
    "end",
)


def _facts(cue: PlannedCue) -> tuple[str, ...]:
    """What a cue asks for, each as a reader would say it. Stepwise settings are named in order."""
    low, high = cue.tempo_range
    tempo = f"{low:g}" if low == high else f"{low:g}..{high:g}"
    return (
        cue.title or "none",
        " → ".join(dict.fromkeys(s.value for s in cue.styles)),
        (tempo if cue.tempo_asked else "free") + (f" x{cue.tempo_factor:g}" if cue.tempo_factor != 1 else ""),
        " → ".join(dict.fromkeys(str(s.value or "auto") for s in cue.keys)),
        " → ".join(dict.fromkeys(str(s.value) for s in cue.meters)),
        ", ".join(_emotion(s) for s in cue.emotion) or "from the text",
        *(_curve(c) for c in (cue.dynamics, cue.density, cue.tension, cue.register)),
        " → ".join(dict.fromkeys(" ".join(f"{r}={n}" for r, n in s.value) for s in cue.instruments))
        or "the style's",
        " → ".join(dict.fromkeys(" ".join(s.value) for s in cue.muted)) or "none",
        str(cue.seed),
        str(cue.take or "best match"),
        "yes" if cue.loop else "no",
        _transition(cue.transition),
        ", ".join(f"{one.to} by {_transition(one)}" for one in cue.leads_to) or "none",
        str(cue.layers or "none"),
        cue.freeze or "none",
        cue.temp or "none",
        " ".join(voice.path for voice in cue.voices) or "none",
        f"{cue.picture} blend={cue.picture_blend:g}" if cue.picture else "none",
        "pinned" if cue.end_pinned else "free",
    )


def _transition(transition: Transition) -> str:
    return transition.kind + (f" {transition.duration_s:g}s" if transition.duration_s else "")


def _emotion(segment: EmotionSegment) -> str:
    if segment.source == "text" or segment.start is None:
        return "from the text"
    points = [segment.start, *([segment.end] if segment.end not in (None, segment.start) else [])]
    way = " -> ".join(f"{p.valence:+.2f}/{p.arousal:+.2f}" for p in points if p is not None)
    blend = f" blend {segment.blend:g}" if segment.source == "blend" else ""
    return f"{segment.name} ({way}){blend}" if segment.name else f"{way}{blend}"


def _curve(curve: Curve) -> str:
    return " -> ".join(f"{p.value:.2g}" for p in curve) or "free"


def _event(event: PlannedEvent, cue: PlannedCue) -> str:
    name = f" {event.name}" if event.name else ""
    length = f" {event.duration_s:g}s" if event.duration_s else ""
    return f"{event.kind}{name}{length} at {minutes_and_tenths(event.t_s - cue.start_s)}"


def _line(cue: PlannedCue, index: int) -> str:
    line = cue.lines[index]
    return f"{line.speaker}: {line.text}" if line.speaker else line.text


def _motif(motif: Motif) -> str:
    exact = " exact" if motif.exact else ""
    if motif.notes is not None:
        notes = (("+".join(map(str, note.pitches)) or "rest") + f":{note.beats:g}" for note in motif.notes)
        return " ".join(notes) + exact
    return f"seed {motif.seed}" if motif.seed is not None else f"file {motif.file}{exact}"


def _sequence(where: str, what: str, old: list[str], new: list[str]) -> Iterable[Change]:
    """Insertions, deletions and replacements between two lists of things."""
    a = c = 0
    for b, d in (*matches(old, new), (len(old), len(new))):
        if b - a == d - c:
            for one, other in zip(old[a:b], new[c:d], strict=True):
                yield Change("changed", where, f"{what}:", one, other)
        else:
            for text in old[a:b]:
                yield Change("removed", where, f"{what}:", old=text)
            for text in new[c:d]:
                yield Change("added", where, f"{what}:", new=text)
        a, c = b + 1, d + 1


def _cue_line(cue: PlannedCue) -> str:
    styles = " → ".join(dict.fromkeys(s.value for s in cue.styles))
    return f"{cue_label(cue.id, cue.title)} ({minutes_and_tenths(cue.duration_s)}, {styles})".strip()


def _rate(fps: float | None) -> str:
    return "none" if fps is None else f"{fps:g}"
