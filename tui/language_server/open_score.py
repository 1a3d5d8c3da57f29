"""A score that is open in an editor, and every answer about it. No wire: the server asks, this tells."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types

from dsl.cue_names import CueIds
from dsl.cue_targets import NamedCues
from dsl.diagnostics import Finding, Severity, Span
from dsl.format import format_document
from dsl.include import locate
from dsl.score_file import plan_text, read_bytes
from dsl.source import decode, split_lines
from dsl.syntax import (
    CharacterDirective,
    Declared,
    Dialogue,
    Directive,
    Document,
    FreezeDirective,
    IncludeDirective,
    MoodDirective,
    MotifDeclaration,
    Name,
    PaletteDirective,
    PictureDirective,
    String,
    TempDirective,
    TransitionDirective,
    VoiceDirective,
)
from engine.speech.listening import listen
from tui.completion import MOST, complete
from tui.language_server.positions import Places
from tui.word_help import explain_finding, explain_word, word_columns

SOURCE = "melodrama"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_DIRECTIVE_BEGUN = re.compile(r"(^\s*@|\{)[\w-]*$")
_SHOWN = 40
"""Characters of a fix that its title shows."""


@dataclass(slots=True)
class OpenScore:
    """One text. `path` is None where it has no file yet: then nothing is included."""

    uri: str
    path: Path | None
    encoding: str
    text: str = ""
    version: int | None = None
    _document: Document | None = field(default=None, repr=False)
    _findings: tuple[Finding, ...] = ()
    _is_checked: bool = False

    def edited(self, text: str, version: int | None) -> None:
        """Takes the editor's text; it is checked when something is asked of it."""
        self.text, self.version, self._is_checked = text, version, False

    def outdated(self) -> None:
        """A file that this one may name has changed."""
        self._is_checked = False

    def document(self) -> Document:
        """The text as it stands, parsed and checked; an edit costs the lines that it changed."""
        if self._document is None or not self._is_checked:
            folder = self.path.parent if self.path else None
            planned = plan_text(self.text, folder, self._document, listen=listen)
            self._document, self._findings = planned.document, planned.findings
            self._is_checked = True
        return self._document

    def findings(self) -> tuple[Finding, ...]:
        """What the language says; nothing of a script that has not been begun."""
        self.document()
        return self._findings if self.text.strip() else ()

    def _places(self) -> Places:
        return Places(split_lines(self.text), self.encoding)

    # -------------------------------------------------------------------------------------- findings

    def diagnostics(self) -> list[types.Diagnostic]:
        """The findings as LSP has them, places counted in the editor's units."""
        places = self._places()
        return [_diagnostic(finding, places) for finding in self.findings()]

    def fixes(self, asked: types.Range) -> list[types.CodeAction]:
        """The ready-made fixes of the findings that `asked` touches."""
        places = self._places()
        found = []
        for finding in self.findings():
            diagnostic = _diagnostic(finding, places)
            if finding.fix is None or not _touch(diagnostic.range, asked):
                continue
            span = finding.fix.span
            edit = types.TextEdit(places.range(span), finding.fix.text)
            old = places.line(span.line)[span.column - 1 : span.end_column - 1]
            found.append(
                types.CodeAction(
                    title=_title(old, finding.fix.text),
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[diagnostic],
                    edit=types.WorkspaceEdit(changes={self.uri: [edit]}),
                    is_preferred=True,
                )
            )
        return found

    # ----------------------------------------------------------------------------------------- words

    def completions(self, position: types.Position) -> types.CompletionList:
        """What may stand at a position, each as an edit of the line."""
        places = self._places()
        line, column = places.place(position)
        before = places.line(line)[: column - 1]
        # The last document will do while a word is being typed: names are declared in other lines.
        document = self._document or self.document()
        found = complete(before, document, line < document.front_matter_end())
        begun = bool(_DIRECTIVE_BEGUN.search(before))
        kind = types.CompletionItemKind.Keyword if begun else types.CompletionItemKind.Value
        items = []
        for rank, one in enumerate(found):
            typed = types.Range(places.position(line, column - one.typed), position)
            items.append(
                types.CompletionItem(
                    label=one.label,
                    kind=kind,
                    detail=one.about or None,
                    sort_text=f"{rank:03}",
                    text_edit=types.TextEdit(typed, one.insert),
                )
            )
        return types.CompletionList(is_incomplete=len(items) >= MOST, items=items)

    def hover(self, position: types.Position) -> types.Hover | None:
        """The finding at a place, and what its word is."""
        places = self._places()
        line, column = places.place(position)
        start, end = word_columns(places.line(line), column)
        word = places.line(line)[start - 1 : end - 1]
        sections = explain_word(word, self.document())
        where = Span(line, start, line, end)
        here = [finding for finding in self.findings() if _holds(finding.span, line, column)]
        if here:
            finding = min(here, key=lambda one: (list(Severity).index(one.severity), one.span))
            sections.insert(0, explain_finding(finding))
            where = finding.span
        if not sections:
            return None
        text = "\n\n".join(f"{heading}\n{said}".strip() for heading, said in sections)
        return types.Hover(types.MarkupContent(types.MarkupKind.PlainText, text), places.range(where))

    def definitions(self, position: types.Position) -> list[types.Location]:
        """Where the name under the cursor is declared, or the file that is named there."""
        places = self._places()
        line, column = places.place(position)
        document = self.document()
        if line > len(document.items):
            return []
        for directive in document.parsed[line - 1].directives:
            named = _named_file(directive)
            if named is not None and named.columns.start <= column <= named.columns.end:
                return self._file(named.value)
            if isinstance(directive, TransitionDirective) and _holds_target(directive, column):
                return self._cue(directive, document, places)
        start, end = word_columns(places.line(line), column)
        word = places.line(line)[start - 1 : end - 1].removeprefix("@")
        item = document.item(line)
        if isinstance(item, Dialogue) and item.speaker.columns.start <= column <= item.speaker.columns.end:
            word = item.speaker.text
        tables = document.declarations
        all_of_them = (tables.characters, tables.motifs, tables.moods, tables.palettes)
        declared = [table[word] for table in all_of_them if word in table]
        return [location for one in declared for location in self._declaration(one, places)]

    def _cue(
        self, directive: TransitionDirective, document: Document, places: Places
    ) -> list[types.Location]:
        """The headings of the cues that a transition may mean."""
        cues = document.cues()
        ids = CueIds(cues)
        names = [(ids.next(cue), cue.heading.title if cue.heading else "") for cue in cues]
        found = [cues[place] for place in NamedCues(names).find(directive.target or "")]
        return [
            types.Location(self.uri, places.range(document.item(cue.line).columns.on(cue.line)))
            for cue in found
        ]

    def _declaration(self, declared: Declared[Directive], places: Places) -> list[types.Location]:
        name = _declared_name(declared.directive)
        columns = name.columns if name else declared.directive.columns
        if declared.file is None:
            return [types.Location(self.uri, places.range(columns.on(declared.line)))]
        place = locate(self.path.parent, declared.file) if self.path else ""
        data = read_bytes(place)[0] if isinstance(place, Path) else None
        if not isinstance(place, Path) or data is None:
            return []
        theirs = Places(split_lines(decode(data)[0]), self.encoding)
        return [types.Location(place.as_uri(), theirs.range(columns.on(declared.line)))]

    def _file(self, name: str) -> list[types.Location]:
        place = locate(self.path.parent, name) if self.path else ""
        if not isinstance(place, Path) or not place.is_file():
            return []
        start = types.Position(0, 0)
        return [types.Location(place.as_uri(), types.Range(start, start))]

    # ------------------------------------------------------------------------------------ whole text

    def formatted(self) -> tuple[list[types.TextEdit], str | None]:
        """The edits that format the text, each of nothing but blanks where that is possible; why none."""
        new, problems = format_document(self.text)
        if problems:
            return [], f"line {problems[0].span.line}: {problems[0].code} {problems[0].message}"
        places = self._places()
        edits = []
        for number, (old, line) in enumerate(zip(places.lines, split_lines(new), strict=True), 1):
            for start, end, text in _blank_changes(old, line) if old != line else ():
                place = places.range(Span(number, start + 1, number, end + 1))
                edits.append(types.TextEdit(place, text))
        return edits, None

    def symbols(self) -> list[types.DocumentSymbol]:
        """The cues, for outlines and jumps."""
        document, places = self.document(), self._places()
        found = []
        for block in document.cues():
            last = max(block.line, block.body[-1] if block.body else block.line)
            own = places.range(Span(block.line, 1, block.line, len(places.line(block.line)) + 1))
            whole = places.range(Span(block.line, 1, last, len(places.line(last)) + 1))
            heading = block.heading
            number = heading.number.text if heading and heading.number else ""
            title = f"{number} {heading.title}".strip() if heading else "before the first heading"
            found.append(types.DocumentSymbol(title or "#", types.SymbolKind.Event, whole, own))
        return found


def _diagnostic(finding: Finding, places: Places) -> types.Diagnostic:
    message = finding.message + (f" ({finding.hint})" if finding.hint else "")
    where = places.range(finding.span)
    return types.Diagnostic(where, message, _SEVERITIES[finding.severity], finding.code, source=SOURCE)


def _title(old: str, new: str) -> str:
    """What a fix does, in a few words."""
    old, new = (text if len(text) <= _SHOWN else text[:_SHOWN] + "…" for text in (old, new))
    if not old:
        return f"Write “{new}” here"
    return f"Write “{new}” for “{old}”" if new else f"Delete “{old}”"


def _touch(one: types.Range, other: types.Range) -> bool:
    def order(position: types.Position) -> tuple[int, int]:
        return position.line, position.character

    return order(one.start) <= order(other.end) and order(other.start) <= order(one.end)


def _holds(span: Span, line: int, column: int) -> bool:
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)


def _holds_target(directive: TransitionDirective, column: int) -> bool:
    """Whether the name of the cue that a transition leads to stands at a column."""
    return directive.to is not None and directive.to.columns.start <= column <= directive.to.columns.end


def _named_file(directive: Directive) -> String | None:
    match directive:
        case IncludeDirective() | FreezeDirective() | TempDirective() | VoiceDirective() | PictureDirective():
            return directive.path
        case MotifDeclaration():
            return directive.file
        case _:
            return None


def _declared_name(directive: Directive) -> Name | None:
    match directive:
        case CharacterDirective():
            return directive.character
        case MotifDeclaration():
            return directive.motif
        case MoodDirective():
            return directive.mood
        case PaletteDirective():
            return directive.palette
        case _:
            return None


def _blank_changes(old: str, new: str) -> list[tuple[int, int, str]]:
    """(start, end, text) from 0 that make `old` into `new`: blanks only, or all where more differs."""
    changes = []
    at = to = 0
    while at < len(old) or to < len(new):
        stop, end = _blank_end(old, at), _blank_end(new, to)
        if old[at:stop] != new[to:end]:
            changes.append((at, stop, new[to:end]))
        if old[stop : stop + 1] != new[end : end + 1]:
            return [(0, len(old), new)]
        at, to = stop + 1, end + 1
    return changes


def _blank_end(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
