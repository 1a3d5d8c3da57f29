"""The desk's part that deals with files: opening, beginning, saving and closing scores."""

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
)
from tui.presence import others
from tui.screens.ask import Ask, AskText, Choose
from tui.screens.recovering import Recovering
from tui.session import Session
from tui.widgets.editor import ScoreEditor

Then = Callable[[], Any]


class Filing(Recovering):
    """Mixed into the workstation."""

    def start_with(self, files: Sequence[Path]) -> None:
        """Open what the command line named. What cannot be opened is said, and an empty score takes its
        place."""
        self.sessions, self.session_ids, self.at = [], [], 0
        self._opening: list[str] = []
        for path in files:
            opened = open_score(path)
            if isinstance(opened, Problem):
                self._opening.append(opened.message)
            else:
                self._add(opened)
        if not self.sessions:
            self._add(self._unnamed())
        self._next_id = len(self.sessions)

    def _add(self, file: ScoreFile) -> None:
        if file.remark:
            self._opening.append(f"{file.path.name}: {file.remark}")
        self.sessions.append(Session.of(file))
        self.session_ids.append(len(self.session_ids))

    def _unnamed(self, instead: Session | None = None) -> ScoreFile:
        """A new file in this folder, by a name that no other workstation uses either; it may take that of the
        score which goes."""
        taken = {session.file.path.absolute() for session in self.sessions if session is not instead}
        taken |= {path for other in others(self.presence.token) for path in other.files}
        return ScoreFile(free_name(Path.cwd(), taken), "", None)

    def say_opening(self) -> None:
        """What there is to say when the first screen stands."""
        problems = [*getattr(self.app, "opening_problems", ()), *self._opening]
        self._opening = []
        if problems:
            self.say(" · ".join(problems), stays=True)
        for session in self.sessions:
            if session.file.stamp is not None:
                note_recent(session.file.path)
        self.offer_recovery()

    # ------------------------------------------------------------------------------------------ opening

    def action_open(self) -> None:
        def chosen(text: str | None) -> None:
            if text:
                self.run_worker(self.open_path(Path(text).expanduser()), group="open")

        self.app.push_screen(AskText("Open a score", suggest=paths_like, check=cannot_open), chosen)

    async def open_path(self, path: Path) -> None:
        """Open a score, or go to it where it is open already."""
        for number, session in enumerate(self.sessions):
            if session.file.path.absolute() == path.absolute():
                self.go_to_session(number)
                return
        opened = open_score(path)
        if isinstance(opened, Problem):
            self.say(opened.message)
            return
        blank = self.session if self.session.is_blank and is_unnamed(self.session.file.path) else None
        await self._show_file(opened)
        if blank is not None:
            await self._remove(blank)
        note_recent(path)
        self.say(f"{path.name}: {opened.remark}" if opened.remark else f"opened {path}")
        self.offer_recovery()

    async def _show_file(self, file: ScoreFile) -> None:
        number = self._next_id
        self._next_id += 1
        editor = ScoreEditor(file.text, id=f"score-{number}")
        await self.query_one("#editors", ContentSwitcher).add_content(editor)
        self.sessions.append(Session.of(file))
        self.session_ids.append(number)
        self.go_to_session(len(self.sessions) - 1)
        self.tell_presence()

    def go_to_session(self, number: int) -> None:
        self.keep_at_once()
        self.leave_session()
        self.live.stop()
        self.at = number
        self.show_session()
        self.editor.focus()
        self.live.check(self.session)

    def action_next_file(self) -> None:
        if len(self.sessions) > 1:
            self.go_to_session((self.at + 1) % len(self.sessions))
        else:
            self.say("one score is open; ^O opens another")

    def action_new(self) -> None:
        # Deferred with its templates: nobody needs them to open a file.
        from tui.cli.new import TEMPLATES

        names = list(TEMPLATES)

        def chosen(number: int | None) -> None:
            if number is not None:
                self.run_worker(self._new_from(names[number]), group="open")

        self.app.push_screen(Choose("A new score from which template?", list(TEMPLATES.items())), chosen)

    async def _new_from(self, template: str) -> None:
        from importlib.resources import files

        text = files("tui.cli.templates").joinpath(f"{template}.score").read_text(encoding="utf-8")
        text = text.replace("{title}", "Untitled").replace("{seed}", str(time.time_ns() % 10_000))
        if not self.session.is_blank:
            await self._show_file(self._unnamed())
        self.session.saved = text
        self.editor.insert(text)
        self.editor.history.checkpoint()
        self.editor.goto(1)
        self.say(f"new score; ^S saves it as {self.session.name}")

    def action_close(self) -> None:
        def close() -> None:
            self.run_worker(self._close(), group="open")

        self.when_typed(lambda: self._ask_unsaved(self.session, close))

    async def _close(self) -> None:
        session = self.session
        self.leave_session()
        self.live.stop()
        self.forget_recovery(session)
        if len(self.sessions) == 1:
            await self._show_file(self._unnamed(session))
        await self._remove(session)
        self.show_session()
        self.editor.focus()
        self.live.check(self.session)

    async def _remove(self, session: Session) -> None:
        """Take a score off the desk; the one at hand stays, or the one behind it comes."""
        number = self.sessions.index(session)
        editor = self.query_one(f"#score-{self.session_ids[number]}", ScoreEditor)
        del self.sessions[number], self.session_ids[number]
        if number < self.at or self.at == len(self.sessions):
            self.at -= 1
        self.show_session()
        await editor.remove()
        self.tell_presence()

    def action_quit(self) -> None:
        """Ask for every score that is not saved, one after another."""
        self.when_typed(self._quit)

    def _quit(self) -> None:
        pending = [session for session in self.sessions if session.is_modified]

        def next_one() -> None:
            if pending:
                session = pending.pop(0)
                self._ask_unsaved(session, next_one)
            else:
                for session in self.sessions:
                    self.forget_recovery(session)
                self.app.exit()

        next_one()

    def _ask_unsaved(self, session: Session, then: Then) -> None:
        """Save, throw away, or stay; `then` follows on the first two."""
        if not session.is_modified:
            then()
            return

        def answered(answer: str | None) -> None:
            if answer == "save":
                if self._save(session):
                    then()
            elif answer == "discard":
                then()

        answers = [("save", "Save"), ("discard", "Don't save"), ("cancel", "Cancel")]
        self.app.push_screen(Ask(f"{session.name} has changes that are not saved.", answers), answered)

    # ------------------------------------------------------------------------------------------- saving

    def action_save(self) -> None:
        self.when_typed(lambda: self._save(self.session))

    def _save(self, session: Session, overwrite: bool = False, even_read_only: bool = False) -> bool:
        problem = session.save(overwrite, even_read_only)
        if problem is None:
            self.forget_recovery(session)
            note_recent(session.file.path)
            self.reported_change = None
            self.show_title()
            self.say(f"saved {session.file.path}")
            return True
        if problem.conflict:
            self._ask_conflict(session, problem.message)
        elif problem.read_only:
            self._ask_read_only(session, problem.message, overwrite)
        else:
            self.say(problem.message, stays=True)
        return False

    def _ask_conflict(self, session: Session, message: str) -> None:
        def answered(answer: str | None) -> None:
            if answer == "overwrite":
                self._save(session, overwrite=True)
            elif answer == "reload":
                self._reload(session)
            elif answer == "other":
                self.action_save_as()

        answers = [
            ("cancel", "Cancel"),
            ("other", "Save under another name"),
            ("overwrite", "Overwrite"),
            ("reload", "Reload from disk"),
        ]
        self.app.push_screen(Ask(f"{message}.", answers), answered)

    def _ask_read_only(self, session: Session, message: str, overwrite: bool) -> None:
        def answered(answer: str | None) -> None:
            if answer == "overwrite":
                self._save(session, overwrite, even_read_only=True)
            elif answer == "other":
                self.action_save_as()

        answers = [("cancel", "Cancel"), ("other", "Save under another name"), ("overwrite", "Overwrite")]
        self.app.push_screen(Ask(f"{message}. Overwrite it all the same?", answers), answered)

    def _reload(self, session: Session) -> None:
        """Take the file's text, as an edit that can be undone."""
        opened = open_score(session.file.path)
        if isinstance(opened, Problem):
            self.say(opened.message)
            return
        session.file, session.saved = opened, opened.text
        editor = self.query_one(f"#score-{self.session_ids[self.sessions.index(session)]}", ScoreEditor)
        editor.history.checkpoint()
        editor.replace(opened.text, (0, 0), editor.document.end)
        editor.history.checkpoint()
        self.reported_change = None
        self.say(f"reloaded {session.name}; ^Z brings your text back")

    def action_save_as(self) -> None:
        session = self.session

        def check(text: str) -> str | None:
            path = Path(text).expanduser()
            if not text.strip():
                return "a name, please"
            if path.is_dir():
                return f"{path} is a folder"
            taken = any(s is not session and s.file.path.absolute() == path.absolute() for s in self.sessions)
            return f"{path} is open already" if taken else None

        def chosen(text: str | None) -> None:
            if not text:
                return
            path = Path(text).expanduser()
            before = session.file
            session.file = ScoreFile(path, before.text, None, before.newline, before.mark)
            if path.absolute() == before.path.absolute():
                session.file = before
            if self._save(session):
                self.forget_recovery(session, before.path)
                self.tell_presence()
                self.live.check(session)
            elif not session.file.stamp:
                session.file = before if not path.exists() else session.file

        self.app.push_screen(AskText("Save as", str(session.file.path), check=check), chosen)
