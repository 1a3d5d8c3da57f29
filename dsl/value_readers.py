"""The values that a directive and the front matter write alike: tempo, key, metre and timecode.

What is no such value, or out of range, is reported through the operands; the reader then gives a sound
value, so that the rest of the line can still be looked at.
"""

import re

from dsl.operands import Operands
from dsl.plan import Key, Meter
from dsl.said_times import said_time
from dsl.syntax import (
    Factor,
    Fraction,
    Name,
    Range,
    TempoValue,
    Timecode,
)
from dsl.vocabulary import AUTO, MODES, fold

TEMPO_RANGE = (20.0, 300.0)
"""Quarter notes a minute: below and above, beats are no longer felt as beats (Parncutt 1994 draws it tighter
still).
"""
FACTOR_RANGE = (0.25, 4.0)
PACE_RANGE = (10.0, 2000.0)
"""Words or characters read a minute."""
LAST_TIMECODE_S = 86_400.0
_TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TONIC = re.compile(r"(?:(升|降)([A-Ga-g])|([A-Ga-g])(#|♯|b|♭|))(m|大调|小调|)\Z")
"""`F#`, `Am`; in Chinese the sign stands before the letter and the mode behind it, unspaced: `降B大调`."""
_SIGNS = {"升": "#", "#": "#", "♯": "#", "降": "b", "b": "b", "♭": "b", "": ""}


def read_tempo(operands: Operands) -> TempoValue:
    """Reads `BPM`, `LOW..HIGH` (quarter notes a minute) or `xFACTOR`; what is out of range is reported and
    brought into it."""
    operand = operands.take()
    whole = operands.clause.columns
    if operand is None:
        return TempoValue(100.0, 100.0, None, whole)
    place = operand.columns
    if isinstance(operand, Factor):
        operands.within(operand.value, *FACTOR_RANGE, "A tempo factor", operand)
        return TempoValue(None, None, operand.value, place)
    if isinstance(operand, Range):
        low, high = operand.low, operand.high
        if low > high:
            message = "This range runs backwards."
            operands.report("E332", message, place, f"Write {high:g}..{low:g}.", f"{high:g}..{low:g}")
        for end in (low, high):
            operands.within(end, *TEMPO_RANGE, "A tempo", operand)
        return TempoValue(low, high, None, place)
    bpm = operands.as_number(operand, *TEMPO_RANGE, "A tempo").value
    return TempoValue(bpm, bpm, None, place)


def read_key(operands: Operands) -> Key | None:
    """Reads `TONIC major|minor`; None for `auto` and for what is no key (which is reported)."""
    tonic = operands.take()
    if isinstance(tonic, Name) and fold(tonic.text) in AUTO:
        return None
    found = _TONIC.match(tonic.text) if isinstance(tonic, Name) else None
    if tonic is None:
        return None
    if found is None:
        hint = "Write a letter A to G, # or b where needed, then major or minor: D minor, F# major, Bb minor."
        operands.report("E306", "This is no key.", tonic.columns, hint)
        while operands.next is not None:
            operands.take()
        return None
    letter, sign = found.group(2) or found.group(3), _SIGNS[found.group(1) or found.group(4) or ""]
    pitch = (_TONICS[letter.upper()] + {"#": 1, "b": -1, "": 0}[sign]) % 12
    mode = MODES["minor" if letter.islower() and operands.next is None else "major"]
    if found.group(5):
        mode = MODES.get(found.group(5), "minor")
    elif operands.next is not None:
        written, _ = operands.choice(MODES, "E306", "a mode")
        mode = written or "major"
    return Key(pitch, mode, letter.upper() + sign)


def read_meter(operands: Operands) -> Meter:
    """Reads `BEATS/UNIT`: 1–32 beats, the unit a whole note (1) to a 32nd; anything else is reported and
    read as 4/4."""
    operand = operands.take()
    if isinstance(operand, Fraction):
        if operand.denominator not in (1, 2, 4, 8, 16, 32):
            message = f"A metre cannot count {operand.denominator}ths."
            operands.report("E308", message, operand.columns, "The lower number is 2, 4, 8, 16 or 32.")
            return Meter()
        if operands.within(operand.numerator, 1, 32, "The upper number of a metre", operand):
            return Meter(operand.numerator, operand.denominator)
    elif operand is not None:
        operands.unfit(operand, "A metre such as 3/4")
    return Meter()


def read_timecode(operands: Operands) -> Timecode:
    """Reads a timecode such as `00:01:12.5`; anything else, and a time beyond the last that can be asked
    for, is reported."""
    operand = operands.take()
    if isinstance(operand, Timecode):
        if operand.whole_s > LAST_TIMECODE_S:
            hint = "A film that runs over midnight counts on from 00:00:00."
            operands.report("E308", "There is no timecode beyond 24:00:00.", operand.columns, hint)
        return operand
    if operand is not None:
        meant = said_time(operand) if operands.next is None else None
        hint = f"Write {meant}." if meant else f"Write {operands.usage_line()}."
        such = f"A timecode such as {meant or '00:01:12.5'} is expected here."
        operands.report("E210", such, operand.columns, hint, meant)
    return Timecode(0.0, None, operands.clause.columns)
