"""The desk's part around the script: completion, fixes, find and replace, help, and what is folded away."""

from textual import on
from textual.containers import Vertical
from textual.widget import Widget

from tui.completion import Completion, complete
from tui.live import Explained
from tui.screens.ask import AskText
from tui.screens.desk import Desk
from tui.screens.help import HelpScreen
from tui.theme import DARK, LIGHT
from tui.widgets.completion import CompletionList
from tui.widgets.cues import CueList
from tui.widgets.find import FindBar
from tui.widgets.problems import ProblemList
from tui.widgets.roll import PianoRoll
from tui.widgets.takes import TakeList
from tui.word_help import is_script


class Editing(Desk):
    """Mixed into the workstation."""

    _line_seen: tuple[int, str] = (0, "")
    """The cursor's line at its last step, number and text."""

    # -------------------------------------------------------------------------------------- completion

    def completion_follows(self, line: int, column: int) -> None:
        """After a step of the cursor: narrow the open list, or open it where one has just begun a name.

        A step that wrote nothing opens nothing: a list that came up under the mouse would take its click.
        """
        popup = self.query_one(CompletionList)
        found = self._completions(line, column)
        source = self.editor.document.get_line(line - 1)
        (line_before, source_before), self._line_seen = self._line_seen, (line, source)
        begun = (
            line == line_before and source != source_before and source[column - 2 : column - 1] in ("@", "{")
        )
        if found and (popup.is_open or begun):
            popup.show_entries(found, self._under_cursor())
        else:
            popup.close()

    def action_complete(self) -> None:
        line, column = self.session.cursor
        found = self._completions(line, column)
        if found:
            self.query_one(CompletionList).show_entries(found, self._under_cursor())
        else:
            self.say("nothing to complete here")

    def _completions(self, line: int, column: int) -> list[Completion]:
        checked = self.session.checked
        document = checked.document if checked else None
        in_front = checked is not None and line < checked.front_matter_end
        return complete(self.editor.document.get_line(line - 1)[: column - 1], document, in_front)

    def _under_cursor(self) -> tuple[int, int]:
        """Where the list opens: one row below the cursor, in screen cells."""
        x, y = self.editor.cursor_screen_offset
        return x, y + 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The list's keys are its own only while it is open."""
        if action.startswith("popup"):
            return self.query_one(CompletionList).is_open
        return super().check_action(action, parameters)

    def on_descendant_blur(self) -> None:
        """The list belongs to the place in the script: it goes when something else takes the keys."""
        self.query_one(CompletionList).close()

    def action_pane(self, step: int) -> None:
        """To the next pane, the roll first; in the script a name of the language that has been begun is
        completed instead. In the bar that finds, to its next field."""
        if self.query_one(FindBar).has_focus_within:
            (self.focus_next if step > 0 else self.focus_previous)()
            return
        if step > 0 and self.editor.has_focus:
            found = self._completions(*self.session.cursor)
            if found and found[0].typed:
                self.query_one(CompletionList).show_entries(found, self._under_cursor())
                return
        kinds = (PianoRoll, CueList, TakeList, ProblemList)
        panes: list[Widget] = [self.editor, *(self.query_one(kind) for kind in kinds)]
        ring = [pane for pane in panes if pane.is_on_screen and pane.size.area]
        here = next((n for n, pane in enumerate(ring) if pane.has_focus), 0)
        if len(ring) > 1:
            ring[(here + step) % len(ring)].focus()
        else:
            self.say("all other panes are folded away")

    def action_undo(self) -> None:
        self.editor.undo()

    def action_redo(self) -> None:
        self.editor.redo()

    def action_select_all(self) -> None:
        self.editor.select_all()

    def action_popup_move(self, step: int) -> None:
        self.query_one(CompletionList).action_move(step)

    def action_popup_take(self) -> None:
        self.query_one(CompletionList).take()

    def action_popup_close(self) -> None:
        self.query_one(CompletionList).close()

    @on(CompletionList.Taken)
    def completion_taken(self, event: CompletionList.Taken) -> None:
        row, column = self.editor.cursor_location
        completion = event.completion
        self.editor.replace(completion.insert, (row, max(column - completion.typed, 0)), (row, column))
        self.query_one(CompletionList).close()

    # ------------------------------------------------------------------------------ fixes, words, lines

    def action_fix(self) -> None:
        self.when_checked(self._mend)

    def _mend(self) -> None:
        if self.take_offer():
            return
        finding = self.editor.finding_at_cursor()
        fixable = finding if finding and finding.fix else None
        if fixable is None:
            fixable = next((f for f in self.session.findings if f.fix and not finding), None)
        if fixable is None or fixable.fix is None:
            self.say("this problem has no ready-made fix" if finding else "nothing to mend")
            return
        self.editor.apply_fix(fixable.fix)
        self.goto(fixable.span.line, fixable.span.column)
        self.say(f"mended {fixable.code}; ^Z takes it back")

    def action_help(self) -> None:
        self.when_typed(self._help)

    def _help(self) -> None:
        line, column = self.session.cursor
        checked = self.session.checked
        document = checked.document if checked and checked.revision == self.session.revision else None
        script_line = line if document is not None and is_script(document, line, column) else None
        help_screen = HelpScreen(
            self.editor.word_at_cursor(),
            self.editor.finding_at_cursor(),
            checked.document if checked else None,
            self.studio.settings.keys,
            script_line,
        )
        self.app.push_screen(help_screen)
        if script_line is not None:
            self.live.explain(self.session, script_line)

    @on(Explained)
    def line_explained(self, event: Explained) -> None:
        from tui.line_reading import explain_line

        shown = self.app.screen
        if isinstance(shown, HelpScreen) and shown.script_line == event.line:
            said = [("This line", f"It cannot be read just now: {event.problem}.")]
            shown.show_line(said if event.problem else explain_line(event.readings))

    def action_goto(self) -> None:
        count = self.editor.document.line_count

        def check(text: str) -> str | None:
            return None if text.strip().isdecimal() else f"a line number from 1 to {count}"

        def chosen(text: str | None) -> None:
            if text:
                self.goto(int(text.strip()[:9]))

        self.app.push_screen(AskText(f"Go to line (1–{count})", check=check), chosen)

    def action_format(self) -> None:
        """Normalise spacing, as one undoable edit."""
        from dsl.format import format_text

        text = self.editor.text
        formatted = format_text(text)
        if formatted == text:
            self.say("nothing to format")
            return
        location = self.editor.cursor_location
        self.editor.history.checkpoint()
        self.editor.replace(formatted, (0, 0), self.editor.document.end)
        self.editor.history.checkpoint()
        self.editor.goto(location[0] + 1, location[1] + 1)
        self.say("formatted; ^Z takes it back")

    # ---------------------------------------------------------------------------------------- finding

    def action_find(self) -> None:
        self.query_one(FindBar).open(self.editor.selected_text, with_replace=False)

    def action_replace(self) -> None:
        self.query_one(FindBar).open(self.editor.selected_text, with_replace=True)

    def action_find_next(self) -> None:
        bar = self.query_one(FindBar)
        if bar.query_text:
            self.find(bar.query_text)
        else:
            self.action_find()

    @on(FindBar.Find)
    def find_asked(self, event: FindBar.Find) -> None:
        self.find(event.query, event.backwards)

    def find(self, query: str, backwards: bool = False) -> None:
        where = self.editor.find(query, backwards)
        count = self.editor.count(query)
        bar = self.query_one(FindBar)
        bar.show_count(where, count)
        if not count:
            self.say(f"“{query}” is not in this score")

    @on(FindBar.Replace)
    def replace_asked(self, event: FindBar.Replace) -> None:
        done = self.editor.replace_found(event.query, event.replacement, event.all)
        count = self.editor.count(event.query)
        self.query_one(FindBar).show_count(0, count)
        self.say(f"replaced {done}" if done else f"“{event.query}” is not in this score")

    @on(FindBar.Closed)
    def find_closed(self) -> None:
        self.editor.focus()

    # ------------------------------------------------------------------------------------------ panels

    def action_problems(self) -> None:
        self.toggle_class("problems")
        if self.has_class("problems"):
            self.query_one(ProblemList).focus()
        else:
            self.editor.focus()

    def action_panels(self) -> None:
        self.toggle_class("-folded")
        if self.query_one("#side", Vertical).has_focus_within:
            self.editor.focus()

    def action_theme(self) -> None:
        self.app.theme = LIGHT.name if self.app.current_theme.dark else DARK.name

    def action_live(self) -> None:
        self.live.is_on = not self.live.is_on
        self.say("composes while you type" if self.live.is_on else "composes only when you play or ask")
        if self.live.is_on:
            self.live.follow(self.session)

    def action_compose(self) -> None:
        if self.studio.problem:
            self.say(f"no music: {self.studio.problem}")
        else:
            self.live.compose(self.session)

    def action_roll(self, how: str) -> None:
        roll = self.query_one(PianoRoll)
        if how == "fit":
            roll.action_fit()
        else:
            roll.action_zoom(-1 if how == "in" else 1)

    def action_command_palette(self) -> None:
        self.app.action_command_palette()
