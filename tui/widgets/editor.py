"""The script itself: a text area that wears the language's colours, marks findings in its gutter, and lights
the sentence being scored. It parses nothing; what it shows of the language comes in through
`show_document`."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import EditResult, Location
from textual.document._edit import Edit
from textual.message import Message
from textual.strip import Strip
from textual.widgets.text_area import Selection

from dsl.diagnostics import Finding, Fix, Severity
from tui.theme import finding_colour, syntax_styles
from tui.widgets.long_line import LONG, LongLine
from tui.widgets.long_text import LongText
from tui.word_help import word_columns

if TYPE_CHECKING:
    from dsl.syntax import Document, Item

Stretch = tuple[int, int, str]
_GUTTER_MARKS = {Severity.ERROR: "▌", Severity.WARNING: "▌", Severity.INFO: "▏"}
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
BEGIN = """
 Write your story, in English or 中文.
 It is read as you write, and music that feels
 the same is composed. F5 plays it.

   # 1m1 The cliff         a cue
   He stood still. {hit}   an accent there
   @emotion despair 0.8    what it feels like
   @style strings          who plays

 ^N  begin from a template
 ^O  open a score
 F1  what the cursor is on, and every key
"""
"""What an empty script says."""
_KNOWN_STRETCHES = 20_000
_CONTROLS = {code: chr(0x2400 + code) for code in range(32) if code != 9} | {0x7F: "␡"}
_CONTROLS |= dict.fromkeys((*range(128, 160), 8232, 8233, *range(8234, 8239), *range(8294, 8298)), "␦")


def _printable(source: str) -> str:
    """Control characters as signs."""
    return source if source.isprintable() else source.translate(_CONTROLS)


class ScoreEditor(LongText):
    """Edits one score. Columns and lines in its messages count from 1, as spans do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "cursor_edge(False)", show=False),
        Binding("ctrl+end", "cursor_edge(True)", show=False),
        Binding("ctrl+shift+home", "cursor_edge(False, True)", show=False),
        Binding("ctrl+shift+end", "cursor_edge(True, True)", show=False),
    ]

    @dataclass
    class CursorMoved(Message):
        """The cursor came to another place: line and column from 1."""

        line: int
        column: int

    @dataclass
    class Pasted(Message):
        """A text was put in between two places, which count from 0 as Textual's do."""

        text: str
        start: Location
        end: Location

    def __init__(self, text: str = "", id: str | None = None) -> None:
        self._items: dict[str, Item] = {}
        self._stretches: dict[int, tuple[Item, tuple[Stretch, ...]]] = {}
        self._findings: Mapping[int, tuple[Finding, ...]] = {}
        self._lit: tuple[int, int, int] | None = None
        self._styles: dict[str, Style] = {}
        self._shown_long = ("", "")
        super().__init__(
            text, id=id, show_line_numbers=True, tab_behavior="focus", max_checkpoints=500, placeholder=BEGIN
        )
        self.match_cursor_bracket = True

    # ------------------------------------------------------------------------------ what others tell it

    def show_document(self, document: "Document", findings: tuple[Finding, ...]) -> None:
        """Take over the parser's view of the text. Colours go by a line's words, so they survive moving
        lines."""
        by_line: dict[int, list[Finding]] = {}
        for finding in findings:
            for line in range(finding.span.line, min(finding.span.end_line, finding.span.line + 50) + 1):
                by_line.setdefault(line, []).append(finding)
        shown = self._shown_lines()
        before = [self.row_look(line) for line in shown]
        self._items = dict(zip(document.lines, document.items, strict=False))
        if len(self._stretches) > _KNOWN_STRETCHES:
            self._stretches = {}
        self._findings = {line: tuple(several) for line, several in by_line.items()}
        for line, look in zip(shown, before, strict=True):
            if self.row_look(line) != look:
                self.refresh_text(line, line)

    def light(self, line: int | None, start: int = 1, end: int = 0) -> None:
        """Light a stretch of a line (columns from 1, the end exclusive; 0 for all of it), or nothing."""
        lit = None if line is None else (line, start, end)
        if lit != self._lit:
            before, self._lit = self._lit, lit
            for one in (before, lit):
                if one is not None:
                    self.refresh_text(one[0] - 1, one[0] - 1)

    def goto(self, line: int, column: int = 1) -> None:
        """Put the cursor at a place and show it. What lies outside the text is brought inside."""
        self.move_cursor(self.clamp_visitable((line - 1, column - 1)), center=True)

    def apply_fix(self, fix: Fix) -> None:
        """An ordinary, undoable edit."""
        span = fix.span
        self.history.checkpoint()
        self.replace(
            fix.text,
            self.clamp_visitable((span.line - 1, span.column - 1)),
            self.clamp_visitable((span.end_line - 1, span.end_column - 1)),
            maintain_selection_offset=True,
        )
        self.history.checkpoint()

    def finding_at_cursor(self) -> Finding | None:
        """The worst finding under the cursor, else the worst of its line; of equals the narrowest."""
        row, column = self.cursor_location
        own = self._findings.get(row + 1, ())
        under = [f for f in own if f.span.column <= column + 1 <= f.span.end_column]

        def order(finding: Finding) -> tuple[int, int]:
            return _RANK[finding.severity], finding.span.end_column - finding.span.column

        return min(under or own, key=order, default=None)

    def word_at_cursor(self) -> str:
        """The word that the cursor stands in or right behind, with the `@` in front of it."""
        row, column = self.cursor_location
        line = self.document[row]
        start, end = word_columns(line, column + 1)
        return line[start - 1 : end - 1]

    # ---------------------------------------------------------------------------------------- searching

    def places(self, query: str) -> list[Location]:
        """Where `query` stands, line by line; capitals matter only where the query has some."""
        if not query:
            return []
        fold = query == query.lower()
        found = []
        for row, line in enumerate(self.document.lines):
            text = line.lower() if fold and len(line.lower()) == len(line) else line
            at = text.find(query)
            while at >= 0:
                found.append((row, at))
                at = text.find(query, at + len(query))
        return found

    def count(self, query: str) -> int:
        """How often `query` stands in the text."""
        return len(self.places(query))

    def find(self, query: str, backwards: bool = False) -> int:
        """Select the next place after the cursor (around the end of the text); gives its number from 1, or
        0."""
        places = self.places(query)
        if not places:
            return 0
        start, end = sorted((self.selection.start, self.selection.end))
        if backwards:
            index = next((i for i in reversed(range(len(places))) if places[i] < start), len(places) - 1)
        else:
            index = next((i for i, place in enumerate(places) if place >= end), 0)
        row, column = places[index]
        self.selection = Selection((row, column), (row, column + len(query)))
        self.scroll_cursor_visible(center=True)
        return index + 1

    def replace_found(self, query: str, replacement: str, everything: bool) -> int:
        """Replace the place selected (or the next one), or all; undoable in one step. Gives how many."""
        places = self.places(query)
        if not places:
            return 0
        self.history.checkpoint()
        if everything:
            lines = list(self.document.lines)
            for row, column in reversed(places):
                lines[row] = lines[row][:column] + replacement + lines[row][column + len(query) :]
            cursor = self.cursor_location
            self.replace("\n".join(lines), (0, 0), self.document.end)
            self.move_cursor(self.clamp_visitable(cursor))
        else:
            at = min(self.selection.start, self.selection.end)
            row, column = next((place for place in places if place >= at), places[0])
            done = self.replace(replacement, (row, column), (row, column + len(query)))
            self.move_cursor(done.end_location)
            self.find(query)
        self.history.checkpoint()
        return len(places) if everything else 1

    # ----------------------------------------------------------------------------------- Textual's hooks

    def edit(self, edit: Edit) -> EditResult:
        self._lit = None  # its columns no longer hold
        return super().edit(edit)

    def _replay(self, edits: Sequence[Edit], again: Callable[[Edit], tuple[int, int]]) -> None:
        self._lit = None
        super()._replay(edits, again)

    def row_look(self, line: int) -> Hashable:
        """All that decides how a line (from 0) is drawn beside its text: colours, findings, what is lit."""
        lit = self._lit if self._lit and self._lit[0] == line + 1 else None
        return self._coloured(self.document.get_line(line)), self._findings.get(line + 1), lit

    def _coloured(self, source: str) -> tuple[Stretch, ...]:
        """The coloured stretches of a line: found when it is first seen, for a novel has many that never
        are."""
        item = self._items.get(source)
        if item is None:
            return ()
        known = self._stretches.get(id(item))
        if known is None or known[0] is not item:
            # Deferred: it knows every kind of item, and the first paint has none yet.
            from tui.widgets.highlight import stretches

            known = self._stretches[id(item)] = (item, stretches(item))
        return known[1]

    def get_line(self, line_index: int) -> Text:
        source = self.document.get_line(line_index)
        if len(source) >= LONG and self.wrapped_document.get_offsets(line_index):
            if self._shown_long[0] is not source:
                self._shown_long = (source, _printable(source))
            text: Text = LongLine(self._shown_long[1])
        else:
            text = Text(_printable(source), end="", no_wrap=True)
        styles = self._syntax()
        for start, end, name in self._coloured(source):
            text.stylize(styles[name], start, end)
        for finding in self._findings.get(line_index + 1, ()):
            span = finding.span
            start = span.column - 1 if span.line == line_index + 1 else 0
            end = span.end_column - 1 if span.end_line == line_index + 1 else len(source)
            text.stylize(styles[finding.severity.value], start, max(end, start + 1))
        if self._lit and self._lit[0] == line_index + 1:
            text.stylize(styles["sung"], self._lit[1] - 1, self._lit[2] - 1 if self._lit[2] else len(source))
        return text

    def _render_line(self, y: int) -> Strip:
        strip = super()._render_line(y)
        at = y + self.scroll_offset.y
        rows = self.wrapped_document._offset_to_line_info
        if not 0 <= at < len(rows):
            return strip
        line, section = rows[at]
        found = self._findings.get(line + 1)
        lit = self._lit is not None and self._lit[0] == line + 1
        if not strip or not self.show_line_numbers or not (found or lit):
            return strip
        gutter, *rest = strip
        if found and section == 0:
            worst = min(found, key=lambda finding: _RANK[finding.severity]).severity
            colour = finding_colour(worst, self.app.current_theme.dark)
            mark = Segment(_GUTTER_MARKS[worst], (gutter.style or Style()) + Style(color=colour))
        elif lit:
            colour = self.app.theme_variables.get("accent", "yellow")
            mark = Segment("▐", (gutter.style or Style()) + Style.parse(colour))
        else:
            return strip
        numbers = Segment(gutter.text[:-2], gutter.style)
        return Strip([numbers, mark, Segment(" ", gutter.style), *rest], strip.cell_length)

    def watch_selection(self, previous: Selection, selection: Selection) -> None:
        if previous.end != selection.end:
            row, column = selection.end
            self.post_message(self.CursorMoved(row + 1, column + 1))

    def _app_theme_changed(self) -> None:
        self._styles = {}
        super()._app_theme_changed()

    def _yield_character_locations(self, start: Location) -> Iterator[tuple[str, Location]]:
        """Brackets match within a line: nothing on one line can change how another parses."""
        row, column = start
        for at in range(column, len(self.document[row])):
            yield self.document[row][at], (row, at)

    def _yield_character_locations_reverse(self, start: Location) -> Iterator[tuple[str, Location]]:
        row, column = start
        for at in range(min(column, len(self.document[row]) - 1), -1, -1):
            yield self.document[row][at], (row, at)

    async def _on_paste(self, event: events.Paste) -> None:
        # The base class's handler would follow and put it in again: Textual calls every class's own.
        event.prevent_default()
        # Pasted text may hold anything; what no file can hold (lone surrogates) becomes a replacement mark.
        text = event.text.encode("utf-8", "replace").decode("utf-8")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        start = min(self.selection)
        done = self._replace_via_keyboard(text, *self.selection)
        if done is not None:
            self.move_cursor(done.end_location)
            self.focus()
            self.post_message(self.Pasted(text, start, done.end_location))

    def action_cursor_edge(self, to_end: bool, select: bool = False) -> None:
        self.move_cursor(self.document.end if to_end else (0, 0), select)

    def _syntax(self) -> dict[str, Style]:
        if not self._styles:
            self._styles = syntax_styles(self.app.current_theme.dark)
        return self._styles

    def _shown_lines(self) -> range:
        """The lines that are on the screen, from 0."""
        rows = self.wrapped_document._offset_to_line_info
        if not rows:
            return range(0)
        top = min(self.scroll_offset.y, len(rows) - 1)
        bottom = min(self.scroll_offset.y + max(self.size.height, 1), len(rows)) - 1
        return range(rows[top][0], rows[max(bottom, top)][0] + 1)
