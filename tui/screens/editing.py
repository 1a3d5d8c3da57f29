"""The part around the script: fixes, help, format, and what is folded away."""

from textual.containers import Vertical
from textual.widget import Widget

from tui.live import Explained
from tui.screens.ask import AskText
from tui.screens.completing import Completing
from tui.screens.desk import Desk
from tui.screens.help import HelpScreen
from tui.screens.pasting import Pasting
from tui.screens.teaching import Teaching
from tui.theme import DARK, LIGHT
from tui.widgets.cues import CueList
from tui.widgets.find import FindBar
from tui.widgets.problems import ProblemList
from tui.widgets.roll import PianoRoll
from tui.widgets.takes import TakeList
from tui.word_help import is_script


class Editing:
    """What is done to the script at hand, and to the room it has."""

    def __init__(self, desk: Desk, completing: Completing, pasting: Pasting) -> None:
        self.desk, self.completing, self.pasting = desk, completing, pasting
        self.teaching = Teaching(desk)

    def pane(self, step: int) -> None:
        """To the next pane, the roll first; in the script a name of the language that has been begun is
        completed instead. In the bar that finds, to its next field."""
        editor = self.desk.editor
        if self.desk.pane(FindBar).has_focus_within:
            self.desk.pane(FindBar).next_field(step)
            return
        if step > 0 and editor.has_focus and self.completing.complete_begun():
            return
        kinds = (PianoRoll, CueList, TakeList, ProblemList)
        panes: list[Widget] = [editor, *(self.desk.pane(kind) for kind in kinds)]
        ring = [pane for pane in panes if pane.is_on_screen and pane.size.area]
        here = next((n for n, pane in enumerate(ring) if pane.has_focus), 0)
        if len(ring) > 1:
            ring[(here + step) % len(ring)].focus()
        else:
            self.desk.say("all other panes are folded away")

    # ------------------------------------------------------------------------------ fixes, words, lines

    def fix(self) -> None:
        """Mend the problem under the cursor, or take in what was offered."""
        self.desk.when_checked(self._mend)

    def _mend(self) -> None:
        if self.pasting.take_offer():
            return
        finding = self.desk.editor.finding_at_cursor()
        fixable = finding if finding and finding.fix else None
        if fixable is None:
            fixable = next((f for f in self.desk.session.findings if f.fix and not finding), None)
        if fixable is None or fixable.fix is None:
            self.desk.say("this problem has no ready-made fix" if finding else "nothing to mend")
            return
        self.desk.editor.apply_fix(fixable.fix)
        self.desk.goto(fixable.span.line, fixable.span.column)
        self.desk.say(f"mended {fixable.code}; ^Z takes it back")

    def help(self) -> None:
        """Tell what the cursor is on."""
        self.desk.when_typed(self._help)

    def _help(self) -> None:
        session, editor = self.desk.session, self.desk.editor
        roll = self.desk.pane(PianoRoll)
        if roll.has_focus and session.composed is not None:
            of_music = HelpScreen("", None, None, self.desk.studio.settings.keys, of_music=True)
            self.desk.ask(of_music)
            self.teaching.tell_at(of_music, roll.t_s)
            return
        line, column = session.cursor
        checked = session.checked
        document = checked.document if checked and checked.revision == session.revision else None
        script_line = line if document is not None and is_script(document, line, column) else None
        help_screen = HelpScreen(
            editor.word_at_cursor(),
            editor.finding_at_cursor(),
            checked.document if checked else None,
            self.desk.studio.settings.keys,
            script_line,
            place=(line, column) if document is not None else None,
        )
        self.desk.ask(help_screen)
        if script_line is not None:
            self.desk.live.explain(session, script_line)
        self.teaching.tell(help_screen, line)

    def explained(self, event: Explained) -> None:
        """How a line is read is known: tell it where somebody still looks."""
        from tui.line_reading import explain_line

        shown = self.desk.screen.app.screen
        if isinstance(shown, HelpScreen) and shown.script_line == event.line:
            said = [("This line", f"It cannot be read just now: {event.problem}.")]
            shown.show_line(said if event.problem else explain_line(event.readings))

    def goto(self) -> None:
        """Ask for a line and go there."""
        count = self.desk.editor.document.line_count

        def check(text: str) -> str | None:
            return None if text.strip().isdecimal() else f"a line number from 1 to {count}"

        def chosen(text: str | None) -> None:
            if text:
                self.desk.goto(int(text.strip()[:9]))

        self.desk.ask(AskText(f"Go to line (1–{count})", check=check), chosen)

    def format(self) -> None:
        """Normalise spacing, as one undoable edit."""
        from dsl.format import format_text

        editor = self.desk.editor
        text = editor.text
        formatted = format_text(text)
        if formatted == text:
            self.desk.say("nothing to format")
            return
        location = editor.cursor_location
        editor.history.checkpoint()
        editor.replace(formatted, (0, 0), editor.document.end)
        editor.history.checkpoint()
        editor.goto(location[0] + 1, location[1] + 1)
        self.desk.say("formatted; ^Z takes it back")

    # ------------------------------------------------------------------------------------------ panels

    def problems(self) -> None:
        """Show or fold the list of problems."""
        self.desk.screen.toggle_class("problems")
        if self.desk.screen.has_class("problems"):
            self.desk.pane(ProblemList).focus()
        else:
            self.desk.editor.focus()

    def panels(self) -> None:
        """Show or fold what stands beside the script."""
        self.desk.screen.toggle_class("-folded")
        if self.desk.screen.query_one("#side", Vertical).has_focus_within:
            self.desk.editor.focus()

    def theme(self) -> None:
        """Dark or light."""
        app = self.desk.screen.app
        app.theme = LIGHT.name if app.current_theme.dark else DARK.name

    def switch_live(self) -> None:
        """Compose while typing, or only when asked."""
        live = self.desk.live
        live.is_on = not live.is_on
        self.desk.say("composes while you type" if live.is_on else "composes only when you play or ask")
        if live.is_on:
            live.follow(self.desk.session)

    def compose(self) -> None:
        """Compose now."""
        if self.desk.studio.problem:
            self.desk.say(f"no music: {self.desk.studio.problem}")
        else:
            self.desk.live.compose(self.desk.session)
