"""The part that deals with files: opening, beginning, saving and closing scores."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.widgets import ContentSwitcher

from tui.files import (
    Problem,
    ScoreFile,
    cannot_open,
    free_name,
    is_unnamed,
    note_recent,
    open_score,
    paths_like,
    save_score,
)
from tui.paths import as_shown, is_same_file, not_a_path, placed, typed_path, working_folder
from tui.presence import others
from tui.screens.ask import Ask, AskText, Choose
from tui.screens.desk import Desk
from tui.screens.display import Display
from tui.screens.recovering import Recovering
from tui.screens.transporting import Transporting
from tui.session import Session
from tui.templates import TEMPLATES, begun
from tui.widgets.editor import ScoreEditor

Then = Callable[[], Any]


class Filing:
    """Opens and closes scores, and writes them."""

    def __init__(self, desk: Desk, display: Display, transport: Transporting, recovering: Recovering) -> None:
        self.desk, self.display = desk, display
        self.transport, self.recovering = transport, recovering
        self._opening: list[str] = []

    def start_with(self, files: Sequence[Path], remarks: Sequence[str] = ()) -> None:
        """Open what the command line named. What cannot be opened is said (`remarks` before it), and an empty
        score takes its place."""
        self._opening = list(remarks)
        for path in files:
            if self.desk.scores.index_of(path) is not None:
                continue  # named twice
            opened = open_score(path)
            if isinstance(opened, Problem):
                self._opening.append(opened.message)
            else:
                if opened.remark:
                    self._opening.append(f"{opened.path.name}: {opened.remark}")
                self.desk.scores.add(opened)
        if not self.desk.scores.sessions:
            self.desk.scores.add(self._unnamed())

    def _unnamed(self, instead: Session | None = None) -> ScoreFile:
        """A new file in this folder, by a name that no other workstation uses either; it may take that of the
        score which goes."""
        open_now = (session for session in self.desk.scores.sessions if session is not instead)
        taken = {session.file.path for session in open_now}
        taken |= {path for other in others(self.recovering.presence.token) for path in other.files}
        return ScoreFile(free_name(working_folder(), taken), "", None)

    def say_opening(self) -> None:
        """What there is to say when the first screen stands."""
        said, self._opening = self._opening, []
        if said:
            self.desk.say(" · ".join(said), stays=True)
        for session in self.desk.scores.sessions:
            if session.file.stamp is not None:
                note_recent(session.file.path)
        self.recovering.offer_recovery()

    # ------------------------------------------------------------------------------------------ opening

    def open(self) -> None:
        """Ask which score to open."""

        def chosen(text: str | None) -> None:
            if text:
                self.desk.screen.run_worker(self.open_path(typed_path(text)), group="open")

        self.desk.ask(AskText("Open a score", suggest=paths_like, check=cannot_open), chosen)

    async def open_path(self, path: Path) -> None:
        """Open a score, or go to it where it is open already."""
        already = self.desk.scores.index_of(path)
        if already is not None:
            self.go_to_session(already)
            self.recovering.offer_recovery()
            return
        opened = open_score(path)
        if isinstance(opened, Problem):
            self.desk.say(opened.message)
            return
        before = self.desk.session
        blank = before if before.is_blank and is_unnamed(before.file.path) else None
        await self._show_file(opened)
        if blank is not None:
            await self._remove(blank)
        note_recent(path)
        self.desk.say(f"{path.name}: {opened.remark}" if opened.remark else f"opened {path}")
        self.recovering.offer_recovery()

    async def _show_file(self, file: ScoreFile) -> None:
        scores = self.desk.scores
        number = scores.add(file)
        editor = ScoreEditor(file.text, id=f"score-{number}")
        await self.desk.screen.query_one("#editors", ContentSwitcher).add_content(editor)
        self.go_to_session(len(scores.sessions) - 1)
        self.recovering.tell_presence()

    def go_to_session(self, number: int) -> None:
        """Bring an open score, by its place, to the front."""
        self.recovering.keep_at_once()
        self.transport.leave_session()
        self.desk.live.stop()
        self.desk.scores.at = number
        self.display.show_session()
        self.desk.editor.focus()
        self.desk.live.check(self.desk.session)

    def next_file(self) -> None:
        """Bring the next open score to the front."""
        scores = self.desk.scores
        if len(scores.sessions) > 1:
            self.go_to_session((scores.at + 1) % len(scores.sessions))
            self.recovering.offer_recovery()
        else:
            self.desk.say("one score is open; ^O opens another")

    def new(self) -> None:
        """Ask for a template and begin a score from it."""
        names = list(TEMPLATES)

        def chosen(number: int | None) -> None:
            if number is not None:
                self.desk.screen.run_worker(self._new_from(names[number]), group="open")

        self.desk.ask(Choose("A new score from which template?", list(TEMPLATES.items())), chosen)

    async def _new_from(self, template: str) -> None:
        text = begun(template, "Untitled", time.time_ns() % 10_000)
        if not self.desk.session.is_blank:
            await self._show_file(self._unnamed())
        self.desk.session.saved = text
        self.desk.editor.insert(text)
        self.desk.editor.history.checkpoint()
        self.desk.editor.goto(1)
        self.desk.say(f"new score; ^S saves it as {self.desk.session.name}")

    def close(self) -> None:
        """Close the score at hand, asking where it is not saved."""

        def close() -> None:
            self.desk.screen.run_worker(self._close(), group="open")

        self.desk.when_typed(lambda: self._ask_unsaved(self.desk.session, close))

    async def _close(self) -> None:
        session = self.desk.session
        self.transport.leave_session()
        self.desk.live.stop()
        self.recovering.forget_recovery(session)
        if len(self.desk.scores.sessions) == 1:
            await self._show_file(self._unnamed(session))
        await self._remove(session)
        self.display.show_session()
        self.desk.editor.focus()
        self.desk.live.check(self.desk.session)

    async def _remove(self, session: Session) -> None:
        """Take a score off the desk; the one at hand stays, or the one behind it comes."""
        editor = self.desk.editor_of(session)
        self.desk.scores.remove(session)
        self.display.show_session()
        await editor.remove()
        self.recovering.tell_presence()

    def quit(self) -> None:
        """Ask for every score that is not saved, one after another."""
        self.desk.when_typed(self._quit)

    def _quit(self) -> None:
        pending = [session for session in self.desk.scores.sessions if session.would_be_lost]

        def next_one() -> None:
            if pending:
                session = pending.pop(0)
                self._ask_unsaved(session, next_one)
            else:
                for session in self.desk.scores.sessions:
                    self.recovering.forget_recovery(session)
                self.desk.screen.app.exit()

        next_one()

    def _ask_unsaved(self, session: Session, then: Then) -> None:
        """Save, throw away, or stay; `then` follows on the first two."""
        if not session.would_be_lost:
            then()
            return
        is_gone = not session.is_modified

        def answered(answer: str | None) -> None:
            if answer == "save":
                if self._save(session, overwrite=is_gone):
                    then()
            elif answer == "discard":
                then()

        answers = [("save", "Save"), ("discard", "Don't save"), ("cancel", "Cancel")]
        why = "is no longer on disk: this is all there is." if is_gone else "has changes that are not saved."
        self.desk.ask(Ask(f"{session.name} {why}", answers), answered)

    # ------------------------------------------------------------------------------------------- saving

    def save(self) -> None:
        """Write the score at hand to its file."""
        self.desk.when_typed(lambda: self._save(self.desk.session))

    def _save(self, session: Session, overwrite: bool = False, even_read_only: bool = False) -> bool:
        problem = session.save(overwrite, even_read_only)
        if problem is None:
            self._saved(session)
            return True
        if problem.conflict:
            self._ask_conflict(session, problem.message)
        elif problem.read_only:
            self._ask_read_only(session, problem.message, overwrite)
        else:
            self.desk.say(problem.message, stays=True)
        return False

    def _saved(self, session: Session) -> None:
        self.recovering.forget_recovery(session)
        note_recent(session.file.path)
        self.recovering.reported_change = None
        self.display.show_title()
        self.desk.say(f"saved {as_shown(session.file.path)}")

    def _ask_conflict(self, session: Session, message: str) -> None:
        def answered(answer: str | None) -> None:
            if answer == "overwrite":
                self._save(session, overwrite=True)
            elif answer == "reload":
                self._reload(session)
            elif answer == "other":
                self.save_as()

        answers = [("cancel", "Cancel"), ("other", "Save under another name")]
        if os.path.exists(session.file.path):
            answers += [("overwrite", "Overwrite"), ("reload", "Reload from disk")]
        else:
            answers += [("overwrite", "Save it here again")]
        self.desk.ask(Ask(f"{message}.", answers), answered)

    def _ask_read_only(self, session: Session, message: str, overwrite: bool) -> None:
        def answered(answer: str | None) -> None:
            if answer == "overwrite":
                self._save(session, overwrite, even_read_only=True)
            elif answer == "other":
                self.save_as()

        answers = [("cancel", "Cancel"), ("other", "Save under another name"), ("overwrite", "Overwrite")]
        self.desk.ask(Ask(f"{message}. Overwrite it all the same?", answers), answered)

    def _reload(self, session: Session) -> None:
        """Take the file's text, as an edit that can be undone."""
        opened = open_score(session.file.path)
        if isinstance(opened, Problem):
            self.desk.say(opened.message)
            return
        session.file, session.saved = opened, opened.text
        editor = self.desk.editor_of(session)
        editor.history.checkpoint()
        editor.replace(opened.text, (0, 0), editor.document.end)
        editor.history.checkpoint()
        self.recovering.reported_change = None
        self.desk.say(f"reloaded {session.name}; ^Z brings your text back")

    def save_as(self) -> None:
        """Ask for another name and write the score there. The score keeps its name until that is done."""
        session = self.desk.session

        def check(text: str) -> str | None:
            path = typed_path(text)
            if not_a_path(text):
                return not_a_path(text)
            if os.path.isdir(path):
                return f"{path} is a folder"
            others = (one for one in self.desk.scores.sessions if one is not session)
            taken = any(is_same_file(one.file.path, path) for one in others)
            return f"{path} is open already" if taken else None

        def chosen(text: str | None) -> None:
            if not text:
                return
            path = placed(typed_path(text))
            if path == session.file.path:
                self._save(session)
            else:
                self._save_under(session, path)

        self.desk.ask(AskText("Save as", as_shown(session.file.path), check=check), chosen)

    def _save_under(
        self, session: Session, path: Path, overwrite: bool = False, even_read_only: bool = False
    ) -> None:
        before, text = session.file, session.text
        there = ScoreFile(path, before.text, None, before.newline, before.mark)
        done = save_score(there, text, overwrite, even_read_only)
        if isinstance(done, Problem):
            if not (done.conflict or done.read_only):
                self.desk.say(done.message, stays=True)
                return
            answers = [("cancel", "Cancel"), ("overwrite", "Overwrite")]
            said = f"{done.message}. Overwrite it all the same?" if done.read_only else f"{path.name} exists."

            def answered(answer: str | None) -> None:
                if answer == "overwrite":
                    self._save_under(session, path, True, even_read_only or done.read_only)

            self.desk.ask(Ask(said, answers), answered)
            return
        session.file, session.saved = done, text
        self.recovering.forget_recovery(session, before.path)
        self._saved(session)
        self.recovering.tell_presence()
        self.desk.live.check(session)
