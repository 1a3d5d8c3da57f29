"""What declarations want: operands → `@character`, `@motif`, `@mood`, `@palette`, `@include`."""

from dsl import syntax
from dsl.directive_words import DIRECTIVES
from dsl.grammar import Operand, Pair
from dsl.media_files import MIDI_FILES
from dsl.operands import Operands
from dsl.syntax import Directive, Name, Notes, String, StyleName
from dsl.vocabulary import (
    CHARACTER_KEYS,
    EMOTION_NAMES,
    EXACT,
    PALETTE_BASE,
    REGISTERS,
    SEED,
    STYLE_NAMES,
    canonical,
    fold,
)

SEED_RANGE = (0, 2**32 - 1)


def read_character(operands: Operands, name: Name) -> Directive:
    """Reads `@character NAME [motif=NAME] [register=low|mid|high]`. What is wrong is reported to
    `operands`."""
    who = operands.name("A character's name")
    motif: Name | None = None
    register = None
    seen: set[str] = set()
    while isinstance(operands.next, Pair):
        pair = operands.take()
        assert isinstance(pair, Pair)
        key = operands.among(pair.key, CHARACTER_KEYS, "E312", "a property of characters")
        value = operands.as_name(pair.value)
        if key in seen:
            operands.report("E212", f"{pair.key.text} is given twice.", pair.columns, "Keep one of them.")
        seen.add(key or "")
        if value is None:
            operands.unfit(pair.value, "A name")
        elif key == "motif":
            motif = value
        elif key == "register":
            register = operands.among(value, REGISTERS, "E311", "a register")
    return syntax.CharacterDirective(name, operands.clause.columns, who, motif, register)


def read_motif(operands: Operands, name: Name) -> Directive:
    """Reads all forms of `@motif`: an entry (`@motif NAME`), notes, a seed, a MIDI file. What is wrong is
    reported to `operands`."""
    if not isinstance(operands.next, Pair):
        return syntax.MotifEntry(name, operands.clause.columns, operands.name("A motif's name"))
    pair = operands.take()
    assert isinstance(pair, Pair)
    value = pair.value
    columns = operands.clause.columns
    if isinstance(value, Notes):
        if not any(note.pitches for note in value.notes):
            operands.report("E331", "This motif has no notes.", value.columns, "Write some: [E5 G5 B5:2].")
        return syntax.MotifDeclaration(name, columns, pair.key, notes=value, exact=_exact(operands))
    if isinstance(value, String):
        file = operands.as_path(value, "A motif", MIDI_FILES)
        return syntax.MotifDeclaration(name, columns, pair.key, file=file, exact=_exact(operands))
    if isinstance(value, Name) and fold(value.text) in SEED:
        seed = operands.whole(*SEED_RANGE, "A seed")
        place = operands.next.columns if operands.next is not None else columns
        if _exact(operands):
            hint = "Leave exact out, or write the notes: [E5 G5 B5:2]."
            operands.report("E211", "A theme drawn by seed has no written pitches to keep.", place, hint)
        return syntax.MotifDeclaration(name, columns, pair.key, seed=seed)
    operands.unfit(value, '[notes], seed N or "file.mid"')
    return syntax.MotifDeclaration(name, columns, pair.key, seed=0)


def _exact(operands: Operands) -> bool:
    """Whether `exact` stands next; takes it."""
    word = operands.next
    if not isinstance(word, Name) or fold(word.text) not in EXACT:
        return False
    operands.take()
    return True


def read_mood(operands: Operands, name: Name) -> Directive:
    """Reads `@mood NAME = VALENCE AROUSAL`, each −1…1. What is wrong is reported to `operands`."""
    pair = operands.take()
    valence = 0.0
    mood = Name("", operands.clause.columns)
    if isinstance(pair, Pair):
        mood = pair.key
        valence = operands.as_number(pair.value, -1.0, 1.0, "A valence").value
        arousal = operands.number(-1.0, 1.0, "An arousal").value
        return syntax.MoodDirective(name, operands.clause.columns, mood, valence, arousal)
    if isinstance(pair, Name) and canonical(pair.text, EMOTION_NAMES):
        emotion = DIRECTIVES["emotion"]
        hint = f"To feel it here: @{emotion.name if name.text.isascii() else emotion.chinese[0]} {pair.text}."
        operands.report("E210", f"@{name.text} declares an emotion of one's own.", pair.columns, hint)
    elif pair is not None:
        operands.unfit(pair, "NAME = VALENCE AROUSAL")
    return syntax.MoodDirective(name, operands.clause.columns, mood, valence, 0.0)


def read_palette(operands: Operands, name: Name) -> Directive:
    """Reads `@palette NAME = [from=STYLE] ROLE=INSTRUMENT …`. What is wrong is reported to `operands`."""
    columns = operands.clause.columns
    first = operands.take()
    if not isinstance(first, Pair):
        if first is not None:
            operands.unfit(first, "NAME = ROLE=INSTRUMENT …")
        return syntax.PaletteDirective(name, columns, Name("", columns), None, ())
    pairs: list[Operand] = [first.value]
    while operands.next is not None:
        operand = operands.take()
        assert operand is not None
        pairs.append(operand)
    base: StyleName | None = None
    assigned: dict[str, syntax.Assignment] = {}
    for pair in pairs:
        if not isinstance(pair, Pair):
            operands.unfit(pair, "role=instrument or from=style")
        elif fold(pair.key.text) in PALETTE_BASE:
            value = operands.as_name(pair.value)
            if value is None:
                operands.unfit(pair.value, "A style's name")
            elif base is not None:
                operands.report("E212", "from is given twice.", pair.columns, "Keep one of them.")
            else:
                base = style_name(value)
        else:
            found = operands.assignment(pair)
            if found is not None and found.role in assigned:
                operands.report("E212", f"{found.role} is given twice.", found.columns, "Keep one of them.")
            elif found is not None:
                assigned[found.role] = found
    return syntax.PaletteDirective(name, columns, first.key, base, tuple(assigned.values()))


def read_include(operands: Operands, name: Name) -> Directive:
    """Reads `@include "FILE.score"`; whether the file is there is asked later (`dsl.include`)."""
    path = operands.path("An included score", (".score",))
    return syntax.IncludeDirective(name, operands.clause.columns, path)


def style_name(name: Name) -> StyleName:
    """A style as written, under its English name where the language knows it; else marked as unknown,
    since a palette may have that name."""
    known = canonical(name.text, STYLE_NAMES)
    return StyleName(known or name.text, known is None, name.columns)
