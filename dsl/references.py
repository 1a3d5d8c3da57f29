"""Who declares and who uses what: motifs, moods, palettes, characters, files; and timecodes against the
frame rate.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from dsl.diagnostics import Finding, Fix, Span, error, info, warning
from dsl.directive_words import FRONT_MATTER_NAMES
from dsl.everyday_words import emotion_meant, style_meant
from dsl.include import locate
from dsl.operands import nearest_cached, see_list
from dsl.palette_circles import circles
from dsl.source import MAX_FINDINGS
from dsl.syntax import (
    AtDirective,
    CharacterDirective,
    Columns,
    Declared,
    Dialogue,
    Directive,
    Document,
    EmotionDirective,
    FeelDirective,
    FreezeDirective,
    FrontMatterEntry,
    MotifDeclaration,
    MotifEntry,
    Name,
    OutDirective,
    PaletteDirective,
    PictureDirective,
    String,
    StyleDirective,
    StyleName,
    TempDirective,
    Text,
    Timecode,
    VoiceDirective,
)
from dsl.timecode import is_drop_rate, is_dropped, labels_dropped
from dsl.vocabulary import EMOTION_NAMES, STYLE_NAMES, canonical, fold

_LOOKED_FOR = 200
"""Silent characters whose names are looked for in the text: a cast, not a telephone book."""
_OFFERED = 500
"""Names of the writer's own among which the nearest one is looked for."""


Numbered = Sequence[tuple[int, Directive]]


def directives(document: Document) -> Numbered:
    """Every directive in the order of the text, those in marks too, with its line."""
    return [
        (number, directive)
        for number, line in enumerate(document.parsed, 1)
        if line.directives
        for directive in line.directives
    ]


def check_references(document: Document, written: Numbered, has_cues: bool) -> tuple[Finding, ...]:
    """Findings about names and files: used and not declared, declared twice or never used, not where they
    belong."""
    walk = _Walk(document, has_cues)
    style = document.front_matter.style
    if style is not None:
        walk.style(style, _line_of(document, "style"))
    start = document.front_matter.start
    if start is not None:
        walk.timecode(start, _line_of(document, "start"))
    for number, directive in written:
        walk.visit(number, directive)
    walk.palette_circles()
    walk.redefined()
    walk.included()
    walk.included_readings()
    walk.speakers()
    walk.unused()
    return tuple(walk.findings)


@dataclass(slots=True)
class _Walk:
    document: Document
    has_cues: bool
    findings: list[Finding] = field(default_factory=list)
    motifs: set[str] = field(default_factory=set)
    moods: set[str] = field(default_factory=set)
    palettes: set[str] = field(default_factory=set)
    unknown: int = 0
    """How many names were unknown so far."""

    def visit(self, line: int, directive: Directive) -> None:
        match directive:
            case MotifEntry():
                self.motif(directive.motif, line)
            case CharacterDirective() if directive.motif is not None:
                self.motif(directive.motif, line)
            case EmotionDirective() if directive.ramp is not None:
                for target in (directive.ramp.start, directive.ramp.end):
                    if target is not None and target.name is not None:
                        self.emotion(
                            target.written, target.name, target.point is not None, target.columns, line
                        )
            case FeelDirective() if directive.target.name is not None:
                target = directive.target
                self.emotion(
                    target.written, target.name or "", target.point is not None, target.columns, line
                )
            case StyleDirective():
                self.style(directive.style, line)
            case PaletteDirective() if directive.base is not None:
                self.style(directive.base, line)
            case AtDirective() | OutDirective():
                self.timecode(directive.time, line)
                self.counting(directive.time, line)
            case _:
                pass

    # ------------------------------------------------------------------------------------------ uses

    def motif(self, name: Name, line: int) -> None:
        self.motifs.add(name.text)
        if name.text not in self.document.declarations.motifs:
            known = self.document.declarations.motifs
            hint = f"Declare it: @motif {name.text} = [E5 G5 B5:2]."
            self._unknown(
                "E314", f"There is no motif {name.text[:40]}.", name.text, name.columns, line, known, hint
            )

    def emotion(self, written: str, name: str, built_in: bool, place: Columns, line: int) -> None:
        moods = self.document.declarations.moods
        self.moods.update((written, name))
        if built_in or written in moods:
            return
        at = Columns(place.start, place.start + len(written))
        hint = f"{see_list('emotions')} Or declare one: @mood {written[:40]} = -0.5 0.3."
        message, known = f"“{written[:40]}” is no emotion.", chain(EMOTION_NAMES, moods)
        self._unknown("E302", message, written, at, line, known, hint, emotion_meant(written))

    def style(self, style: StyleName, line: int) -> None:
        palettes = self.document.declarations.palettes
        self.palettes.add(style.name)
        if not style.is_palette or style.name in palettes:
            return
        message = f"“{style.name[:40]}” is neither a style nor a palette."
        hint = f"Styles: {', '.join(name for name in STYLE_NAMES if name.isascii())}."
        known, meant = chain(STYLE_NAMES, palettes), style_meant(style.name)
        self._unknown("E303", message, style.name, style.columns, line, known, hint, meant)

    def timecode(self, time: Timecode, line: int) -> None:
        fps = self.document.front_matter.fps
        place = time.columns.on(line)
        if time.frames is None:
            return
        if fps is None:
            hint = "Write fps: 25 (or the film's rate) in the front matter."
            self.findings.append(error("E324", "A timecode with frames needs a frame rate.", place, hint))
        elif time.drop and not is_drop_rate(fps):
            written = (
                f"{time.whole_s // 3600:02.0f}:{time.whole_s // 60 % 60:02.0f}:{time.whole_s % 60:02.0f}"
            )
            hint = f"Write {written}:{time.frames:02d}; drop-frame is for 29.97 and 59.94."
            message = f"There is no drop-frame timecode at {fps:g} frames a second."
            self.findings.append(error("E338", message, place, hint))
        elif time.drop and is_dropped(int(time.whole_s), time.frames, fps):
            message = f"Drop-frame counting leaves frames 00 to {labels_dropped(fps) - 1:02d} out here."
            hint = f"The minute begins with ;{labels_dropped(fps):02d}."
            self.findings.append(error("E325", message, place, hint))
        elif time.frames >= fps:
            message = f"There is no frame {time.frames} at {fps:g} frames a second."
            self.findings.append(error("E325", message, place, "Frames count from 00."))

    def counting(self, time: Timecode, line: int) -> None:
        """Drop-frame and non-drop labels of one film are 3.6 s an hour apart."""
        start = self.document.front_matter.start
        if start is None or start.frames is None or time.frames is None or start.drop == time.drop:
            return
        ours, theirs = ("drop-frame", "non-drop") if time.drop else ("non-drop", "drop-frame")
        message = f"This timecode is {ours}, and start is {theirs}."
        hint = "With ; before the frames both are drop-frame, with : both are not."
        self.findings.append(warning("W339", message, time.columns.on(line), hint))

    def _unknown(
        self,
        code: str,
        message: str,
        name: str,
        place: Columns,
        line: int,
        known: Iterable[str],
        otherwise: str,
        meant: str | None = None,
    ) -> None:
        """`meant` is what the name means in everyday language; without one it is looked for by spelling, as
        long as the finding may be among those that are shown."""
        self.unknown += 1
        if meant is None and self.unknown <= MAX_FINDINGS:
            meant = nearest_cached(name[:64], tuple(islice(known, _OFFERED)))
        hint = f"Did you mean {meant}?" if meant else otherwise
        fix = Fix(place.on(line), meant) if meant else None
        self.findings.append(error(code, message, place.on(line), hint, fix))

    # --------------------------------------------------------------------------------- the whole file

    def palette_circles(self) -> None:
        palettes = self.document.declarations.palettes
        bases = {name: one.directive.base.name for name, one in palettes.items() if one.directive.base}
        on_themselves = circles(bases)
        for name in (one for one in palettes if one in on_themselves):
            message = f"The palette {name} is built on itself."
            hint = "Build it on a style: from=strings."
            self._declared("E333", message, palettes[name].span, palettes[name], hint)

    def redefined(self) -> None:
        for name, mood in self.document.declarations.moods.items():
            if mood.file is None and canonical(name, EMOTION_NAMES):
                message = f"{name} is an emotion of the language; in this file it means this mood."
                self.findings.append(info("I334", message, mood.span))
        for name, palette in self.document.declarations.palettes.items():
            if canonical(name, STYLE_NAMES):
                message = f"{name} is a style of the language; a palette cannot take its name."
                place = palette.directive.palette.columns.on(palette.line)
                self._declared("E335", message, place, palette, f"Call it my-{name}.")

    def included(self) -> None:
        """What included declarations name must be there as well."""
        declared = self.document.declarations
        for name, found in declared.characters.items():
            motif = found.directive.motif
            if found.file is not None and motif is not None:
                self.motifs.add(motif.text)
                if motif.text not in declared.motifs:
                    message = f"There is no motif {motif.text[:40]}, which {name} is given."
                    self._declared("E314", message, found.span, found, None)
        for palette in declared.palettes.values():
            base = palette.directive.base
            if palette.file is not None and base is not None:
                self.palettes.add(base.name)
                if base.is_palette and base.name not in declared.palettes:
                    message = f"“{base.name[:40]}” is neither a style nor a palette."
                    self._declared("E303", message, palette.span, palette, None)

    def included_readings(self) -> None:
        """Emotions that included readings name must be known here."""
        moods = self.document.declarations.moods
        for found in self.document.declarations.feelings.values():
            target = found.directive.target
            if found.file is None or target.name is None:
                continue
            self.moods.update((target.written, target.name))
            if target.point is None and target.written not in moods:
                known = (*EMOTION_NAMES, *moods)
                meant = emotion_meant(target.written) or nearest_cached(target.written[:64], known)
                message = f"“{target.written[:40]}” is no emotion."
                hint = f"Did you mean {meant}?" if meant else see_list("emotions")
                self._declared("E302", message, found.span, found, hint)

    def _declared(
        self, code: str, message: str, place: Span, found: Declared[Directive], hint: str | None
    ) -> None:
        """An error in a declaration; one that was included is told where it is."""
        if found.brought is None:
            self.findings.append(error(code, message, place, hint))
            return
        where = f"{found.file}:{found.line}: {message}"
        self.findings.append(error("E506", where, found.brought, hint or "Check that file."))

    def speakers(self) -> None:
        """Lines that look like a declared character's, but for the spelling."""
        names = self.document.declarations.characters
        if not names:
            return
        folded = {fold(name): name for name in names}
        for number, line in enumerate(self.document.parsed, 1):
            if line.speaker is None or line.speaker in names or line.speech is None:
                continue
            meant = folded.get(fold(line.speaker))
            if meant is not None:
                place = line.speech.speaker.columns.on(number)
                message = f"{line.speaker} is no character: this line is read as narration."
                self.findings.append(
                    warning("W315", message, place, f"Did you mean {meant}?", Fix(place, meant))
                )

    def unused(self) -> None:
        declared = self.document.declarations
        for name in _idle(declared.motifs, self.motifs):
            self._idle(
                "I317",
                f"The motif {name} is never used.",
                declared.motifs[name],
                f"Bring it in: @motif {name}.",
            )
        for name in _idle(declared.moods, self.moods):
            self._idle(
                "I318", f"The mood {name} is never used.", declared.moods[name], f"Write @emotion {name}."
            )
        for name in _idle(declared.palettes, self.palettes):
            self._idle(
                "I319", f"The palette {name} is never used.", declared.palettes[name], f"Write @style {name}."
            )
        own = {name for name, found in declared.characters.items() if found.file is None}
        if not own or not self.has_cues:
            return
        own -= {line.speaker for line in self.document.parsed if line.speaker is not None}
        if not own:
            return
        words = "\n".join([item.text for item in self.document.items if isinstance(item, (Text, Dialogue))])
        for name in sorted(own)[:_LOOKED_FOR]:
            if name not in words:
                self._idle(
                    "I320", f"{name} never speaks and is never named.", declared.characters[name], None
                )

    def _idle(self, code: str, message: str, declared: Declared[Directive], hint: str | None) -> None:
        if self.has_cues:
            self.findings.append(info(code, message, declared.span, hint))


def _idle(declared: Mapping[str, Declared[Directive]], used: set[str]) -> list[str]:
    return [name for name, found in declared.items() if found.file is None and name not in used]


def _line_of(document: Document, key: str) -> int:
    for number, item in document.numbered():
        if isinstance(item, FrontMatterEntry) and canonical(item.key.text, FRONT_MATTER_NAMES) == key:
            return number
    return 1


def check_files(document: Document, written: Numbered, folder: Path | None) -> tuple[Finding, ...]:
    """Whether the files that directives name are there, and inside the score's folder."""
    findings = list(_included_files(document, folder))
    known: dict[str, tuple[str, str] | None] = {}
    for number, directive in written:
        path: String | None = None
        if isinstance(directive, (FreezeDirective, TempDirective)):
            path = directive.path
        elif isinstance(directive, MotifDeclaration):
            path = directive.file
        elif isinstance(directive, VoiceDirective):
            message = (
                f"There is no recording {directive.path.value[:60]} yet: its lines are laid by reading time."
            )
            findings += _absent(directive.path, number, folder, "W540", message)
        elif isinstance(directive, PictureDirective):
            message = f"There is no film {directive.path.value[:60]}: what is felt is the text's alone."
            findings += _absent(directive.path, number, folder, "W550", message)
        if path is None:
            continue
        if path.value not in known:
            known[path.value] = _complaint(path.value, folder)
        complaint = known[path.value]
        if complaint is not None:
            code, message = complaint
            hint = "Put it beside the score, and name it by its path from there."
            findings.append(error(code, message, path.columns.on(number), hint))
    return tuple(findings)


def _absent(path: String, number: int, folder: Path | None, code: str, message: str) -> Iterator[Finding]:
    """A recording or a film that is not there yet is no fault: scripts are written before they are spoken,
    and travel without their films."""
    complaint = _complaint(path.value, folder)
    place = path.columns.on(number)
    hint = "Put it beside the score, and name it by its path from there."
    if complaint is not None and complaint[0] == "E507":
        yield warning(code, message, place, hint)
    elif complaint is not None:
        yield error(complaint[0], complaint[1], place, hint)


def _included_files(document: Document, folder: Path | None) -> Iterator[Finding]:
    """The same for themes that included files read from MIDI."""
    for found in document.declarations.motifs.values():
        path = found.directive.file
        complaint = _complaint(path.value, folder) if path is not None and found.brought else None
        if complaint is not None and found.brought is not None:
            code, message = complaint
            hint = "Put it beside the file that names it."
            yield error(code, f"{found.file}:{found.line}: {message}", found.brought, hint)


def _complaint(path: str, folder: Path | None) -> tuple[str, str] | None:
    place = locate(folder or Path("."), path)
    if isinstance(place, str):
        return "E501", place
    try:
        there = folder is None or place.is_file()
    except OSError:
        there = False
    return None if there else ("E507", f"There is no file {path[:60]}.")
