"""Which directive wants which operands: a clause → its typed directive, with findings on values that do not
fit.

One reader a directive, in a table in plain sight. Names of the writer's own (motifs, moods, palettes) are
taken on trust here: whether somebody declared them is `dsl.check`'s question, since one line must not depend
on another.
"""

from collections.abc import Callable, Mapping

from dsl import syntax
from dsl.declarations import (
    SEED_RANGE,
    read_character,
    read_include,
    read_mood,
    read_motif,
    read_palette,
    style_name,
)
from dsl.diagnostics import Finding
from dsl.directive_words import DIRECTIVE_NAMES, DIRECTIVES
from dsl.everyday_words import directive_meant
from dsl.feelings import compared
from dsl.grammar import Clause, Pair
from dsl.limits import MOST_LAYERS, MOST_TAKES, MOST_TURNS
from dsl.media_files import FILM_FILES, MIDI_FILES, SOUND_FILES
from dsl.misplaced_words import said_with, written_otherwise
from dsl.operands import Operands, nearest_cached, see_list
from dsl.plan import PICTURE_BLEND, EmotionPoint
from dsl.syntax import (
    Directive,
    Duration,
    EmotionTarget,
    KeyDirective,
    Name,
    Number,
    Ramp,
    String,
)
from dsl.value_readers import PACE_RANGE, read_key, read_meter, read_tempo, read_timecode
from dsl.values import Columns
from dsl.vocabulary import (
    AUTO,
    DYNAMICS,
    EMOTION_NAMES,
    EMOTIONS,
    POINT_KEYS,
    REGISTER_VALUES,
    REGISTERS,
    ROLE_NAMES,
    TRANSITION_KEYS,
    TRANSITIONS,
    canonical,
    fold,
)

_DYNAMICS: Mapping[str, float] = DYNAMICS
_REGISTERS: Mapping[str, float] = {name: REGISTER_VALUES[register] for name, register in REGISTERS.items()}
_NO_NAMES: Mapping[str, float] = {}


def _unknown(clause: Clause, name: str, place: Columns) -> tuple[Finding, ...]:
    """The finding of a name that no directive has, with what was meant: by everyday use, as what another
    directive takes, by spelling."""
    operands = Operands(clause, "")
    meant, hint = directive_meant(name), None
    if meant is None:
        meant = said_with(name)
        hint = written_otherwise(name) if meant is None else None
    if meant is None and hint is None:
        meant = nearest_cached(name, tuple(DIRECTIVE_NAMES))
    if hint is None:
        hint = f"Did you mean {meant}?" if meant else see_list("directives")
    operands.report("E301", f"There is no directive “{name[:40]}”.", place, hint, meant)
    return tuple(operands.findings)


def read_directive(clause: Clause, in_mark: bool) -> tuple[Directive | None, tuple[Finding, ...]]:
    """The typed directive, or None with the findings that say why not. Findings are on line 1."""
    assert clause.name is not None
    known = canonical(clause.name.text, DIRECTIVE_NAMES)
    if known is None:
        return None, _unknown(clause, clause.name.text[:64], clause.name.columns)
    word = DIRECTIVES[known]
    operands = Operands(clause, word.usage, sign="" if in_mark else "@")
    if in_mark and not word.in_mark:
        message = f"{clause.name.text} cannot stand inside a text."
        operands.report("E208", message, clause.columns, f"Give it a line of its own: @{clause.name.text} …")
        return None, tuple(operands.findings)
    directive = _READERS[known](operands, clause.name)
    operands.finish()
    if in_mark and isinstance(directive, syntax.MotifDeclaration):
        message = "A motif cannot be declared inside a text."
        operands.report("E208", message, clause.columns, "Declare it on a line of its own, and name it here.")
    failed = any(finding.code[0] == "E" for finding in operands.findings)
    return (None if failed else directive), tuple(operands.findings)


# ------------------------------------------------------------------------------------------- settings


def _emotion(operands: Operands, name: Name) -> Directive:
    columns = operands.clause.columns
    first = operands.next
    if isinstance(first, Name) and fold(first.text) in AUTO:
        operands.take()
        return syntax.EmotionDirective(name, columns, None)
    start = _target(operands)
    ramp: Ramp[EmotionTarget] = Ramp(start, None, None)
    blend = _blend(operands)
    if operands.arrow():
        end = _target(operands)
        ramp = Ramp(start, end, operands.over())
        blend = _blend(operands, blend)
    return syntax.EmotionDirective(name, columns, ramp, blend)


def _blend(operands: Operands, otherwise: float = 1.0) -> float:
    pair = operands.next
    if isinstance(pair, Pair) and POINT_KEYS.get(fold(pair.key.text)) == "blend":
        operands.take()
        return operands.as_number(pair.value, 0.0, 1.0, "A blend").value
    return otherwise


def _target(operands: Operands) -> EmotionTarget:
    first = operands.next
    if isinstance(first, Pair):
        return _point(operands)
    name = operands.name("An emotion")
    known = canonical(name.text, EMOTION_NAMES)
    intensity, end = 1.0, name.columns.end
    if isinstance(operands.next, Number):
        number = operands.number(0.0, 1.0, "An intensity")
        intensity, end = number.value, number.columns.end
    point = EmotionPoint(EMOTIONS[known].valence, EMOTIONS[known].arousal) if known else None
    place = syntax.Columns(name.columns.start, end)
    return EmotionTarget(known or name.text, point, intensity, place, name.text)


def _point(operands: Operands) -> EmotionTarget:
    found: dict[str, float] = {}
    start = operands.next.columns.start if operands.next else 1
    end = start
    while isinstance(operands.next, Pair) and len(found) < 2:
        pair = operands.next
        key = operands.among(pair.key, POINT_KEYS, "E312", "a coordinate of emotions")
        if key == "blend":
            break
        operands.take()
        end = pair.columns.end
        what = "A valence" if key == "v" else "An arousal"
        if key in found:
            operands.report("E212", f"{pair.key.text} is given twice.", pair.columns, "Keep one of them.")
        found[key or "?"] = operands.as_number(pair.value, -1.0, 1.0, what).value
    place = syntax.Columns(start, max(end, start + 1))
    if not {"v", "a"} <= found.keys() and "?" not in found:
        operands.report("E209", "A point needs both v and a.", place, "Write v=-0.6 a=0.4.")
    return EmotionTarget(None, EmotionPoint(found.get("v", 0.0), found.get("a", 0.0)), 1.0, place)


def _feel(operands: Operands, name: Name) -> Directive:
    words = operands.quoted("What is to be read")
    if words.value and not compared(words.value):
        operands.report("E210", "There is no word in it that could be read.", words.columns)
    return syntax.FeelDirective(name, operands.clause.columns, words, _target(operands))


def _style(operands: Operands, name: Name) -> Directive:
    return syntax.StyleDirective(name, operands.clause.columns, style_name(operands.name("A style")))


def _tempo(operands: Operands, name: Name) -> Directive:
    return syntax.TempoDirective(name, operands.clause.columns, read_tempo(operands))


def _key(operands: Operands, name: Name) -> Directive:
    return KeyDirective(name, operands.clause.columns, read_key(operands))


def _meter(operands: Operands, name: Name) -> Directive:
    return syntax.MeterDirective(name, operands.clause.columns, read_meter(operands))


def _dynamics(operands: Operands, name: Name) -> Directive:
    ramp = operands.level_ramp("a loudness", _DYNAMICS)
    return syntax.DynamicsDirective(name, operands.clause.columns, ramp)


def _density(operands: Operands, name: Name) -> Directive:
    return syntax.DensityDirective(name, operands.clause.columns, operands.level_ramp("a density", _NO_NAMES))


def _tension(operands: Operands, name: Name) -> Directive:
    return syntax.TensionDirective(name, operands.clause.columns, operands.level_ramp("a tension", _NO_NAMES))


def _register(operands: Operands, name: Name) -> Directive:
    ramp = operands.level_ramp("a register", _REGISTERS)
    return syntax.RegisterDirective(name, operands.clause.columns, ramp)


def _instruments(operands: Operands, name: Name) -> Directive:
    if operands.next is None:
        operands.missing()
    return syntax.InstrumentsDirective(name, operands.clause.columns, operands.assignments())


def _mute(operands: Operands, name: Name) -> Directive:
    roles = [operands.choice(ROLE_NAMES, "E305", "a role")[0]]
    while operands.next is not None:
        roles.append(operands.choice(ROLE_NAMES, "E305", "a role")[0])
    known = tuple(dict.fromkeys(role for role in roles if role is not None))
    return syntax.MuteDirective(name, operands.clause.columns, known)


def _pace(operands: Operands, name: Name) -> Directive:
    pace = operands.number(*PACE_RANGE, "A reading speed").value
    return syntax.PaceDirective(name, operands.clause.columns, pace)


def _temp(operands: Operands, name: Name) -> Directive:
    return syntax.TempDirective(
        name, operands.clause.columns, operands.path("A reference recording", SOUND_FILES)
    )


def _voice(operands: Operands, name: Name) -> Directive:
    return syntax.VoiceDirective(name, operands.clause.columns, operands.path("A voice", SOUND_FILES))


def _picture(operands: Operands, name: Name) -> Directive:
    path = operands.path("A film", FILM_FILES)
    return syntax.PictureDirective(name, operands.clause.columns, path, _blend(operands, PICTURE_BLEND))


# --------------------------------------------------------------------------------- events and the cue


def _at(operands: Operands, name: Name) -> Directive:
    return syntax.AtDirective(name, operands.clause.columns, read_timecode(operands))


def _out(operands: Operands, name: Name) -> Directive:
    return syntax.OutDirective(name, operands.clause.columns, read_timecode(operands))


def _fit(operands: Operands, name: Name) -> Directive:
    return syntax.FitDirective(name, operands.clause.columns, operands.duration("A paragraph"))


def _pause(operands: Operands, name: Name) -> Directive:
    return syntax.PauseDirective(name, operands.clause.columns, operands.duration("A pause"))


def _silence(operands: Operands, name: Name) -> Directive:
    return syntax.SilenceDirective(name, operands.clause.columns, operands.duration("A silence"))


def _hit(operands: Operands, name: Name) -> Directive:
    label = operands.name("A hit's name") if operands.next is not None else None
    return syntax.HitDirective(name, operands.clause.columns, label)


def _transition(operands: Operands, name: Name) -> Directive:
    kind, written = operands.choice(TRANSITIONS, "E311", "a transition")
    duration: Duration | None = None
    to: Name | String | None = None
    while (operand := operands.next) is not None and kind is not None:
        if isinstance(operand, Pair):
            operands.take()
            again = operands.among(operand.key, TRANSITION_KEYS, "E312", "a property of transitions")
            if again and to is not None:
                message = f"{operand.key.text} is given twice."
                operands.report("E212", message, operand.columns, "Write a transition for each cue.")
            to = _cue_name(operands, operand)
        elif duration is not None:
            break
        elif kind == "crossfade":
            duration = operands.duration("A crossfade")
        else:
            operands.take()
            operands.report(
                "E211",
                f"A {written.text} has no length.",
                operand.columns,
                "Only a crossfade takes a duration.",
            )
    return syntax.TransitionDirective(name, operands.clause.columns, kind or "segue", duration, to)


def _cue_name(operands: Operands, pair: Pair) -> Name | String | None:
    """A cue's number, or its title, in quotes where it is more than one word."""
    value = pair.value
    if isinstance(value, String):
        if not value.value.strip():
            operands.report("E210", "A cue's number or title is expected here.", value.columns)
        return value
    found = operands.as_name(value)
    if found is None:
        operands.unfit(value, "A cue's number, or its title in quotes,")
    return found


def _seed(operands: Operands, name: Name) -> Directive:
    return syntax.SeedDirective(name, operands.clause.columns, operands.whole(*SEED_RANGE, "A seed"))


def _take(operands: Operands, name: Name) -> Directive:
    return syntax.TakeDirective(
        name, operands.clause.columns, operands.whole(1, MOST_TAKES * (MOST_TURNS + 1), "A take")
    )


def _bars(operands: Operands, name: Name) -> Directive:
    return syntax.BarsDirective(name, operands.clause.columns, operands.whole(1, 1000, "A number of bars"))


def _loop(operands: Operands, name: Name) -> Directive:
    return syntax.LoopDirective(name, operands.clause.columns)


def _layers(operands: Operands, name: Name) -> Directive:
    layers = operands.whole(1, MOST_LAYERS, "A number of layers")
    return syntax.LayersDirective(name, operands.clause.columns, layers)


def _freeze(operands: Operands, name: Name) -> Directive:
    return syntax.FreezeDirective(name, operands.clause.columns, operands.path("A frozen take", MIDI_FILES))


_READERS: Mapping[str, Callable[[Operands, Name], Directive]] = {
    "character": read_character,
    "motif": read_motif,
    "mood": read_mood,
    "palette": read_palette,
    "include": read_include,
    "feel": _feel,
    "emotion": _emotion,
    "style": _style,
    "tempo": _tempo,
    "key": _key,
    "meter": _meter,
    "dynamics": _dynamics,
    "density": _density,
    "tension": _tension,
    "register": _register,
    "instruments": _instruments,
    "mute": _mute,
    "pace": _pace,
    "temp": _temp,
    "voice": _voice,
    "picture": _picture,
    "at": _at,
    "out": _out,
    "fit": _fit,
    "pause": _pause,
    "silence": _silence,
    "hit": _hit,
    "transition": _transition,
    "seed": _seed,
    "take": _take,
    "bars": _bars,
    "loop": _loop,
    "layers": _layers,
    "freeze": _freeze,
}
