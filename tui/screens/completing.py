"""The part that completes: the list of names under the cursor."""

from tui.completion import Completion, complete
from tui.screens.desk import Desk
from tui.widgets.completion import CompletionList


class Completing:
    """Whether the list opens depends on what the cursor's last step did."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._seen: tuple[int, str] = (0, "")
        """The cursor's line at its last step, number and text."""

    @property
    def popup(self) -> CompletionList:
        """The list."""
        return self.desk.pane(CompletionList)

    def step(self, step: int) -> None:
        """The choice in the list up or down; 0 takes it."""
        if step:
            self.popup.action_move(step)
        else:
            self.popup.take()

    def follow(self, line: int, column: int) -> None:
        """After a step of the cursor: narrow the open list, or open it where one has just begun a name.

        A step that wrote nothing opens nothing: a list that came up under the mouse would take its click.
        """
        found = self._completions(line, column)
        source = self.desk.editor.document.get_line(line - 1)
        (line_before, source_before), self._seen = self._seen, (line, source)
        begun = (
            line == line_before and source != source_before and source[column - 2 : column - 1] in ("@", "{")
        )
        if found and (self.popup.is_open or begun):
            self._show(found)
        else:
            self.popup.close()

    def complete(self) -> None:
        """Open the list, or say that there is nothing for it."""
        found = self._completions(*self.desk.session.cursor)
        if found:
            self._show(found)
        else:
            self.desk.say("nothing to complete here")

    def complete_begun(self) -> bool:
        """Open the list where a name has been begun; whether one has."""
        found = self._completions(*self.desk.session.cursor)
        if not found or not found[0].typed:
            return False
        self._show(found)
        return True

    def put(self, completion: Completion) -> None:
        """Put what was chosen in the place of what was begun."""
        editor = self.desk.editor
        row, column = editor.cursor_location
        editor.replace(completion.insert, (row, max(column - completion.typed, 0)), (row, column))
        self.popup.close()

    def _show(self, found: list[Completion]) -> None:
        """Open one row below the cursor, in screen cells."""
        x, y = self.desk.editor.cursor_screen_offset
        self.popup.show_entries(found, (x, y + 1))

    def _completions(self, line: int, column: int) -> list[Completion]:
        checked = self.desk.session.checked
        document = checked.document if checked else None
        in_front = checked is not None and line < checked.front_matter_end
        return complete(self.desk.editor.document.get_line(line - 1)[: column - 1], document, in_front)
