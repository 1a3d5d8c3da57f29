"""A text area that costs what changes: after a key only the rows it touched are drawn again, however long the
text.

Textual's own draws every visible row for every step of the cursor, lays the whole screen out anew when a line
is added, and puts the text together with every row. What a row looks like is the subclass's business
(`row_look`).
"""

from collections.abc import Callable, Hashable, Sequence

from rich.style import Style
from textual.document._document import Document as Lines
from textual.document._document import EditResult, Location
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.geometry import Region, Size
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from tui.widgets.wrapping import WrappedLines

WRAPPED_UP_TO = 400_000
"""Characters up to which long lines are wrapped; wrapping a whole novel on every resize would be felt."""
_KEPT_ROWS = 4_000


class ScoreLines(Lines):
    """Lines ended by `\\n` and nothing else, as the language has it: Textual's own would break at a form
    feed, too."""

    def __init__(self, text: str) -> None:
        self._newline = "\n"
        self._lines = text.split("\n")
        self._joined: str | None = text

    @property
    def text(self) -> str:
        """The whole text. Textual asks for it with every row it draws, so that it is put together once an
        edit."""
        if self._joined is None:
            self._joined = "\n".join(self._lines)
        return self._joined

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        (top, left), (bottom, right) = sorted((start, end))
        lines = self._lines
        replaced = self.get_text_range((top, left), (bottom, right))
        before = lines[top][:left] if top < len(lines) else ""
        after = lines[bottom][right:] if bottom < len(lines) else ""
        put = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        put[0] = before + put[0]
        column = len(put[-1])
        put[-1] += after
        lines[top : bottom + 1] = put
        self._joined = None
        return EditResult((top + len(put) - 1, column), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        (top, left), (bottom, right) = sorted((start, end))
        lines = self._lines[top : bottom + 1]
        if not lines:
            return ""
        if bottom < len(self._lines):
            lines[-1] = lines[-1][:right]
        lines[0] = lines[0][left:]
        return "\n".join(lines)


class LongText(TextArea):
    """Rows are lines as wrapped; both count from 0."""

    wrapped_document: WrappedLines
    selection: Reactive[Selection] = reactive(Selection(), init=False, always_update=True, repaint=False)
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), repaint=False)

    def row_look(self, line: int) -> Hashable:
        """Everything besides its characters that a line's drawing depends on."""
        raise NotImplementedError

    def refresh_text(self, first: int, last: int) -> None:
        """Draw the rows of lines `first`…`last` again, as far as they are to be seen."""
        rows = self.wrapped_document._line_index_to_offsets
        if not rows or not self.is_mounted:
            return
        first, last = max(first, 0), min(last, len(rows) - 1)
        if first <= last:
            self._refresh_rows(rows[first][0], rows[last][-1])

    def _refresh_rows(self, first: int, last: int) -> None:
        top = self.scroll_offset.y
        start, end = max(first - top, 0), min(last - top, self.size.height - 1)
        if start <= end:
            self.refresh(Region(0, start, self.size.width, end - start + 1))

    # ------------------------------------------------------------------------------------- Textual's hooks

    def _set_document(self, text: str, language: str | None) -> None:
        self.set_reactive(TextArea.soft_wrap, len(text) <= WRAPPED_UP_TO)
        self._highlight_query = None
        self.document = ScoreLines(text.replace("\r\n", "\n").replace("\r", "\n"))
        self.wrapped_document = WrappedLines(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _build_highlight_map(self) -> None:
        """Nothing to build, and no row to forget: colours come with the rows' looks."""

    def _refresh_size(self) -> None:
        if self.soft_wrap:
            size = Size(0, self.wrapped_document.height)
        elif self.document.line_count < 2_000:
            width, height = self.document.get_size(self.indent_width)
            size = Size(width + self.gutter_width + 1, height)
        else:
            # Measuring every line of a novel after each key would be felt; a fixed width scrolls far enough.
            size = Size(2_000, self.document.line_count)
        if size == self.virtual_size:
            return
        self.virtual_size = size
        if self.is_mounted:
            # The pane stays as large as it was, so that nothing is laid out anew: only the bars learn of it.
            self._scroll_update(size)

    def _rewrap_and_refresh_virtual_size(self) -> None:
        super()._rewrap_and_refresh_virtual_size()
        self.refresh()

    def edit(self, edit: Edit) -> EditResult:
        before = (self.wrapped_document.height, self.document.line_count, self.gutter_width)
        was_empty = not self.text
        result = super().edit(edit)
        self._mend_rows()
        if was_empty or not self.text:
            self.refresh()  # what is said in an empty script comes and goes
        after = (self.wrapped_document.height, self.document.line_count, self.gutter_width)
        top = min(edit.top[0], result.end_location[0])
        if before == after:
            self.refresh_text(top, max(edit.bottom[0], result.end_location[0]))
        elif before[2] == after[2]:
            self.refresh_text(top, self.document.line_count)
            self._refresh_rows(min(before[0], after[0]), max(before[0], after[0]))
        else:
            self.refresh()
        if before != after:
            self.scroll_cursor_visible()  # the end was not to be scrolled to before the text was longer
        return result

    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        def undone(edit: Edit) -> tuple[int, int]:
            result = edit._edit_result
            was = result.end_location[0] if result else edit.bottom[0]
            edit.undo(self)
            return was, edit.bottom[0]

        self._replay(edits[::-1], undone)

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        def redone(edit: Edit) -> tuple[int, int]:
            return edit.bottom[0], edit.do(self, record_selection=False).end_location[0]

        self._replay(edits, redone)

    def _replay(self, edits: Sequence[Edit], again: Callable[[Edit], tuple[int, int]]) -> None:
        """Undo or redo edits, in this order. `again` does one and gives the last line it touched, as counted
        before and after.

        Textual's own measures the new size while the cursor still stands in a line that is gone, which is an
        error as soon as the scroll bar comes or goes by it.
        """
        if not edits:
            return
        gutter_width, line_count = self.gutter_width, self.document.line_count
        top, bottom = edits[0].top[0], 0
        for edit in edits:
            before, after = again(edit)
            top, bottom = min(top, edit.top[0]), max(bottom, before) + after - before
        if gutter_width != self.gutter_width:
            self.wrapped_document.wrap(self.wrap_width, self.indent_width)
        else:
            grown = self.document.line_count - line_count
            self.wrapped_document.wrap_lines(top, bottom - grown, bottom)
        self.selection = self._inside(edits[-1]._updated_selection or self.selection)
        self.record_cursor_width()
        self._refresh_size()
        self._mend_rows()
        self.refresh()
        self.scroll_cursor_visible()
        self.post_message(self.Changed(self))
        self.update_suggestion()

    def _inside(self, selection: Selection) -> Selection:
        return Selection(self.clamp_visitable(selection.start), self.clamp_visitable(selection.end))

    def _mend_rows(self) -> bool:
        """Wrap all lines again where rows and lines have come apart (Textual wraps only what it believes was
        edited); whether that was needed."""
        if len(self.wrapped_document._line_index_to_offsets) == self.document.line_count:
            return False
        self._rewrap_and_refresh_virtual_size()
        return True

    def _watch_selection(self, previous: Selection, selection: Selection) -> None:
        bracket = self._matching_bracket_location
        super()._watch_selection(previous, selection)
        places = [previous.start[0], previous.end[0], selection.start[0], selection.end[0]]
        if previous.is_empty and selection.is_empty:
            for line in set(places):
                self.refresh_text(line, line)
        else:
            self.refresh_text(min(places), max(places))
        for place in (bracket, self._matching_bracket_location):
            if place is not None:
                self.refresh_text(place[0], place[0])

    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual asks the style sheets for every part's colours with every row; they change with these alone.
        look = (self.app.theme, self.has_focus, self.app.native_ansi_color, self._theme.name)
        if look != getattr(self, "_look", None):
            self._look = look
            self._line_cache.clear()
            # The cursor's line has a ground of its own; what style sheets give would repaint its words, too.
            self._theme.cursor_line_style = Style(bgcolor=self.app.theme_variables["panel"])
            self._theme._theme_configured_attributes.add("cursor_line_style")
            self._theme.apply_css(self)
        return ScrollView.render_lines(self, crop)

    def render_line(self, y: int) -> Strip:
        if self.placeholder and not self.text:
            return super().render_line(y)
        rows = self.wrapped_document._offset_to_line_info
        at = y + self.scroll_offset.y
        if not 0 <= at < len(rows):
            return self._render_line(y)
        line, section = rows[at]
        if line >= self.document.line_count:
            self.call_later(self._mend_rows)
            return Strip.blank(self.size.width)
        start, end = self.selection
        bracket = self._matching_bracket_location
        is_plain = not min(start[0], end[0]) <= line <= max(start[0], end[0])
        if not is_plain or (bracket is not None and bracket[0] == line):
            return self._render_line(y)
        key = (
            self.document.get_line(line),
            line,
            section,
            self.row_look(line),
            self.size.width,
            self.gutter_width,
            self.scroll_offset.x,
            self.soft_wrap,
        )
        strip = self._line_cache.get(key)  # type: ignore[call-overload]
        if strip is None:
            strip = self._line_cache[key] = self._render_line(y)  # type: ignore[index]
        return strip
