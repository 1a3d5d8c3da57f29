"""Reading a directive's operands one after another, with a finding wherever one is not what it should be.

Every reader returns a usable value even where it had to report, so that one line can tell all its
mistakes; the caller discards the result when `findings` holds an error. Spans are on line 1 until the
document is put together.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from dsl.diagnostics import Finding, Fix, error
from dsl.everyday_words import instrument_meant, role_meant
from dsl.grammar import Arrow, Clause, OddQuantity, Operand, Pair
from dsl.instruments import KIT_NAMES, PITCHED_NAMES
from dsl.media_files import FILM_FILES, OTHER_SOUND, SOUND_FILES
from dsl.nearest_word import nearest
from dsl.other_units import as_name, in_seconds
from dsl.plan import RoleName
from dsl.syntax import Assignment, Columns, Duration, Name, Number, Ramp, String, Timecode, Unit
from dsl.vocabulary import NONE, OVER, ROLE_NAMES, UNITS, canonical, fold

V = TypeVar("V")
_NAMED = ("name", "An emotion", "A style")
_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9})?")

LONGEST: Mapping[Unit, float] = {"s": 21_600.0, "ms": 21_600_000.0, "bars": 10_000.0, "beats": 40_000.0}
"""The longest duration by unit: six hours, or what fills them. Beyond it stands a slip, not a wish."""

_DIGITS_FIRST = re.compile(r"[0-9]\w*")
_LISTS = {"E304": "instruments", "E305": "roles"}
"""The lists of `melodrama explain` that hold what a code misses, where they are longer than a hint."""

nearest_cached = lru_cache(maxsize=512)(nearest)


def see_list(name: str) -> str:
    """The sentence that says where a list of the language is printed (`dsl.lists`)."""
    return f"`melodrama explain {name}` lists them."


class Operands:
    """A cursor over one clause's operands."""

    def __init__(self, clause: Clause, usage: str, sign: str = "") -> None:
        """`sign` is what stands before the name: `@` on a line of its own."""
        self.clause = clause
        self.usage = usage
        self.sign = sign
        self.findings: list[Finding] = []
        self._rest = list(reversed(clause.operands))
        self._end = clause.columns.end

    # ------------------------------------------------------------------------------ looking and taking

    @property
    def next(self) -> Operand | None:
        """The operand that `take` would give; None at the end."""
        return self._rest[-1] if self._rest else None

    def take(self) -> Operand | None:
        """The next operand; a finding where there is none."""
        if self._rest:
            return self._rest.pop()
        self.missing()
        return None

    def missing(self) -> None:
        """A finding (E209) where an operand should follow, with the usage line as its hint."""
        place = Columns(max(self._end - 1, 1), self._end)
        written = self.clause.name.text if self.clause.name else "This"
        self.report("E209", f"{written} needs more than this.", place, f"Write {self.usage_line()}.")

    def usage_line(self) -> str:
        """What the directive takes, as a writer types it: `@tempo N | LOW..HIGH`."""
        usage = "" if self.usage == "(nothing)" else f" {self.usage}"
        return f"{self.sign}{self.clause.name.text}{usage}" if self.clause.name else self.usage

    def report(
        self, code: str, message: str, place: Columns, hint: str | None = None, fix: str | None = None
    ) -> None:
        """Add an error at columns of the clause's line. `fix` is text that may stand there instead."""
        mend = Fix(place.on(1), fix) if fix is not None else None
        self.findings.append(error(code, message, place.on(1), hint, mend))

    def unfit(self, operand: Operand, wanted: str) -> None:
        """The operand is of the wrong kind."""
        fix = None
        hint = f"Write {self.usage_line()}."
        if isinstance(operand, String) and wanted.endswith(_NAMED) and (plain := as_name(operand.value)):
            hint, fix = f"Write it without quotes: {plain}.", plain
        self.report("E210", f"{wanted} is expected here.", operand.columns, hint, fix)

    def finish(self) -> None:
        """Nothing may be left; what follows a mistake is not judged."""
        if self._rest and not self.findings:
            place = Columns(self._rest[-1].columns.start, self._rest[0].columns.end)
            self.report(
                "E211", "This is more than the directive takes.", place, f"Write {self.usage_line()}."
            )

    # -------------------------------------------------------------------------------------- single values

    def name(self, wanted: str = "A name") -> Name:
        """The next operand as a name; with a finding an empty one where it is none or missing."""
        operand = self.take()
        if operand is None:
            return Name("", Columns(1, 1))
        found = self.as_name(operand)
        if found is None:
            self.unfit(operand, wanted)
            return Name("", operand.columns)
        return found

    def as_name(self, operand: Operand) -> Name | None:
        """Names may start with digits, which the grammar takes for quantities: they stay as typed."""
        if isinstance(operand, OddQuantity | Number | Duration):
            written = self.clause.written(operand)
            return Name(written, operand.columns) if _DIGITS_FIRST.fullmatch(written) else None
        if isinstance(operand, Name):
            if any(sign in operand.text for sign in "#♯♭"):
                self.report(
                    "E210", f"“{operand.text}” is no name.", operand.columns, "Use letters, digits, _ and -."
                )
            return operand
        return None

    def choice(self, table: Mapping[str, V], code: str, what: str) -> tuple[V | None, Name]:
        """One of a table's names, with the nearest one offered where it is none."""
        name = self.name(f"The name of {what}")
        return self.among(name, table, code, what), name

    def among(self, name: Name, table: Mapping[str, V], code: str, what: str) -> V | None:
        """What a table has under this name, folded or not; with a finding None. An empty name was
        told before."""
        found = table.get(name.text, table.get(fold(name.text)))
        if found is None and name.text:
            self.unknown(name, table, code, what)
        return found

    def unknown(
        self, name: Name, known: Iterable[str], code: str, what: str, meant: str | None = None
    ) -> None:
        """A finding for a name that is not `known`, with the one that is meant or nearest."""
        if meant is None and code == "E305":
            meant = role_meant(name.text)
        meant = meant or nearest_cached(name.text[:64], tuple(known))
        otherwise = see_list(_LISTS[code]) if code in _LISTS else f"Known: {', '.join(list(known)[:10])}."
        hint = f"Did you mean {meant}?" if meant else otherwise
        self.report(code, f"“{name.text[:40]}” is not the name of {what}.", name.columns, hint, meant)

    def number(self, low: float, high: float, what: str) -> Number:
        """The next operand within `low`…`high`; with a finding `low` where it is no number or missing."""
        operand = self.take()
        if operand is None:
            return Number(float(low), Columns(1, 1))
        return self.as_number(operand, low, high, what)

    def as_number(self, operand: Operand, low: float, high: float, what: str) -> Number:
        """As `number`, of an operand that was taken. One out of range is told and given as it is."""
        if isinstance(operand, OddQuantity):
            message = f"“{operand.unit[:20]}” is no unit here."
            plain = operand.text.removesuffix(operand.unit)
            fix = plain if _PLAIN.fullmatch(plain) and low <= float(plain) <= high else None
            hint = f"{what} is a plain number" + (f": write {plain}." if fix else ".")
            self.report("E309", message, operand.columns, hint, fix)
            return Number(float(low), operand.columns)
        if not isinstance(operand, Number):
            self.unfit(operand, f"{what}, a number from {_show(low)} to {_show(high)},")
            return Number(float(low), operand.columns)
        self.within(operand.value, low, high, what, operand)
        return operand

    def within(self, value: float, low: float, high: float, what: str, operand: Operand) -> bool:
        """Whether the value is in range; a finding (E308) with the nearest end where it is not."""
        if low <= value <= high:
            return True
        # Only a plain number may be put in its place: `4` for `x99` or `33/4` would mean something else.
        plain = isinstance(operand, Number)
        clamped = _show(low if value < low else high) if plain else None
        hint = f"It goes from {_show(low)} to {_show(high)}."
        if high == 1 and 10 <= value <= 100 and isinstance(operand, Number) and not operand.percent:
            clamped = _show(value / 100)
            hint += f" {_show(value)} of 100 is {clamped}, or {_show(value)}%."
        elif isinstance(operand, Number) and operand.percent and high > 1:
            clamped = None
        self.report("E308", f"{what} cannot be {_show(value)}.", operand.columns, hint, clamped)
        return False

    def whole(self, low: int, high: int, what: str) -> int:
        """As `number`; a fraction is told and cut."""
        number = self.number(low, high, what)
        if not number.value.is_integer():
            self.report("E210", f"{what} is a whole number.", number.columns, None, str(round(number.value)))
        return int(number.value)

    def duration(self, what: str) -> Duration:
        """The next operand as a duration; with a finding 1 s."""
        operand = self.take()
        if operand is None:
            return Duration(1.0, "s", Columns(1, 1))
        return self.as_duration(operand, what)

    def as_duration(self, operand: Operand, what: str) -> Duration:
        """As `duration`, of an operand that was taken: over 0 and at most the unit's `LONGEST`."""
        if isinstance(operand, OddQuantity):
            self._odd_unit(operand)
        elif isinstance(operand, Number) and not operand.percent:
            self._lone_number(operand, what)
        elif isinstance(operand, Timecode) and operand.frames is None and operand.whole_s > 0:
            plain = f"{_show(operand.whole_s)}s"
            self.report(
                "E210",
                f"{what}, a duration such as 2s, is expected here.",
                operand.columns,
                f"Write {plain}.",
                plain,
            )
        elif not isinstance(operand, Duration):
            self.unfit(operand, f"{what}, a duration such as 2s,")
        elif not 0.0 < operand.value <= LONGEST[operand.unit]:
            hint = f"Durations are over 0 and at most {_show(LONGEST[operand.unit])}{operand.unit}."
            self.report(
                "E308", f"{what} cannot last {_show(operand.value)}{operand.unit}.", operand.columns, hint
            )
        else:
            return operand
        return Duration(1.0, "s", operand.columns)

    def _odd_unit(self, operand: OddQuantity) -> None:
        """A number with a unit that durations have not: minutes and hours in seconds, the nearest unit."""
        number = operand.text.removesuffix(operand.unit)
        message = f"“{operand.unit[:20]}” is no unit of time."
        plain = in_seconds(float(number), operand.unit) if _PLAIN.fullmatch(number) else None
        if plain is not None:
            self.report("E309", message, operand.columns, f"Write {plain}.", plain)
            return
        unit = nearest_cached(operand.unit[:64], tuple(UNITS))
        hint = f"Did you mean {unit}? " if unit else ""
        self.report("E309", message, operand.columns, hint + "Units are s, ms, bars and beats.")

    def _lone_number(self, operand: Number, what: str) -> None:
        """A number where a duration is expected, perhaps with its unit behind a space."""
        hint, fix, place = "Write 2s, 500ms, 4bars or 3beats.", None, operand.columns
        behind = self._rest[-1] if self._rest else None
        if isinstance(behind, Name):
            known = behind.text in UNITS
            fix = f"{_show(operand.value)}{behind.text}" if known else in_seconds(operand.value, behind.text)
            if fix is not None:
                self.take()
                hint, place = f"Write {fix}.", Columns(operand.columns.start, behind.columns.end)
        self.report("E210", f"{what} needs a unit.", place, hint, fix)

    def quoted(self, what: str) -> String:
        """The next operand as text in quotes; with a finding empty."""
        operand = self.take()
        if operand is None:
            return String("", Columns(1, 1))
        if not isinstance(operand, String):
            self.unfit(operand, f'{what}, in "quotes",')
            return String("", operand.columns)
        return operand

    def path(self, what: str, endings: tuple[str, ...]) -> String:
        """The next operand as a file name in quotes; with a finding empty. Whether it is there is
        asked later."""
        operand = self.take()
        if operand is None:
            return String("", Columns(1, 1))
        return self.as_path(operand, what, endings)

    def as_path(self, operand: Operand, what: str, endings: tuple[str, ...]) -> String:
        """As `path`, of an operand that was taken. A wrong ending is told and given as it is."""
        if not isinstance(operand, String):
            self.unfit(operand, f'{what}, a file name in "quotes",')
            return String("", operand.columns)
        if not operand.value.lower().endswith(endings):
            hint = f"It ends in {', '.join(endings)}."
            if endings is SOUND_FILES and operand.value.lower().endswith((*OTHER_SOUND, *FILM_FILES)):
                wav = operand.value.rpartition(".")[0] + ".wav"
                hint = f'A WAV will do: ffmpeg -i "{operand.value}" "{wav}".'
            self.report("E508", f"{what} cannot be this kind of file.", operand.columns, hint)
        return operand

    # -------------------------------------------------------------------------------------- combinations

    def over(self) -> Duration | None:
        """`over 8s`, where written."""
        word = self.next
        if isinstance(word, Name) and fold(word.text) in OVER:
            self.take()
            return self.duration("A ramp")
        return None

    def arrow(self) -> bool:
        """Whether `->` comes next; it is taken."""
        if isinstance(self.next, Arrow):
            self.take()
            return True
        return False

    def level_ramp(self, what: str, names: Mapping[str, float]) -> Ramp[Number]:
        """`0.3`, `low`, `0.3 -> 0.9 over 8s`: numbers 0…1 or the table's names."""
        start = self._level(what, names)
        if not self.arrow():
            return Ramp(start, None, None)
        return Ramp(start, self._level(what, names), self.over())

    def _level(self, what: str, names: Mapping[str, float]) -> Number:
        operand = self.next
        if isinstance(operand, Name) and names:
            self.take()
            return Number(self.among(operand, names, "E311", what) or 0.0, operand.columns)
        return self.number(0.0, 1.0, what[0].upper() + what[1:])

    def assignment(self, pair: Pair) -> Assignment | None:
        """`melody=cello`, or None with findings."""
        before = len(self.findings)
        role = self.among(pair.key, ROLE_NAMES, "E305", "a role")
        value = self.as_name(pair.value)
        if value is None:
            self.unfit(pair.value, "An instrument's name")
            return None
        if fold(value.text) in NONE:
            instrument: str | None = "none"
        else:
            known = KIT_NAMES if role == "drums" else PITCHED_NAMES
            instrument = canonical(value.text, known)
            if instrument is None and role != "drums" and canonical(value.text, KIT_NAMES):
                message = f"“{value.text[:40]}” is for the role drums."
                self.report("E304", message, value.columns, f"Write drums={value.text[:40]}.")
            elif instrument is None:
                what = "a drum kit" if role == "drums" else "an instrument"
                meant = instrument_meant(value.text) if role != "drums" else None
                self.unknown(value, known, "E304", what, meant)
        if len(self.findings) > before or role is None or instrument is None:
            return None
        return Assignment(role, instrument, pair.columns)

    def assignments(self) -> tuple[Assignment, ...]:
        """All that is left, as `role=instrument` pairs, each role at most once."""
        found: dict[RoleName, Assignment] = {}
        while self.next is not None:
            operand = self.take()
            if not isinstance(operand, Pair):
                assert operand is not None
                self.unfit(operand, "role=instrument")
                continue
            pair = self.assignment(operand)
            if pair is not None and pair.role in found:
                self.report("E212", f"{pair.role} is given twice.", pair.columns, "Keep one of them.")
            elif pair is not None:
                found[pair.role] = pair
        return tuple(found.values())


def _show(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1e6 or abs(value) > 1e10 else f"{value:.0f}"
