"""The desk's part that deals with files: opening, saving, several scores, recovery, changes on disk,
rendering."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.widgets import ContentSwitcher

from tui.files import (
    Problem,
    ScoreFile,
    cannot_open,
    change_on_disk,
    drop_recovery,
    find_recovery,
    free_name,
    keep_recovery,
    note_recent,
    open_score,
    paths_like,
)
from tui.live import Doing, Failed
from tui.screens.ask import Ask, AskText, Choose
from tui.screens.desk import Desk
from tui.session import Session, check
from tui.studio import GoOn
from tui.widgets.editor import ScoreEditor

RECOVERY_AFTER_S = 1.5
LOOK_EVERY_S = 2.0
_FORMATS = ("mid", "wav")
Then = Callable[[], Any]


class Filing(Desk):
    """Mixed into the workstation."""

    def start_with(self, files: Sequence[Path]) -> None:
        """Open what the command line named. What cannot be opened is said, and an empty score takes its
        place."""
        self.sessions, self.session_ids, self.at = [], [], 0
        self._opening: list[str] = []
        self._told_change: str | None = None
        self._recovery_timer: Any = None
        for path in files:
            opened = open_score(path)
            if isinstance(opened, Problem):
                self._opening.append(opened.message)
            else:
                self._add(opened)
        if not self.sessions:
            self._add(ScoreFile(free_name(Path.cwd()), "", None))
        self._next_id = len(self.sessions)

    def _add(self, file: ScoreFile) -> None:
        if file.remark:
            self._opening.append(f"{file.path.name}: {file.remark}")
        self.sessions.append(Session.of(file))
        self.session_ids.append(len(self.session_ids))

    def say_opening(self) -> None:
        """What there is to say when the first screen stands."""
        problems = [*getattr(self.app, "opening_problems", ()), *self._opening]
        self._opening = []
        if problems:
            self.say(" · ".join(problems), stays=True)
        for session in self.sessions:
            if session.file.stamp is not None:
                note_recent(session.file.path)
        self._offer_recovery()

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
        await self._show_file(opened)
        note_recent(path)
        self.say(opened.remark or f"opened {path}")
        self._offer_recovery()

    async def _show_file(self, file: ScoreFile) -> None:
        number = self._next_id
        self._next_id += 1
        editor = ScoreEditor(file.text, id=f"score-{number}")
        await self.query_one("#editors", ContentSwitcher).add_content(editor)
        self.sessions.append(Session.of(file))
        self.session_ids.append(number)
        self.go_to_session(len(self.sessions) - 1)

    def go_to_session(self, number: int) -> None:
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
        taken = {session.file.path for session in self.sessions}
        await self._show_file(ScoreFile(free_name(Path.cwd(), taken), "", None))
        self.editor.insert(text)
        self.editor.goto(1)
        self.say(f"new score; ^S saves it as {self.session.name}")

    def action_close(self) -> None:
        def close() -> None:
            self.run_worker(self._close(), group="open")

        self.when_typed(lambda: self._ask_unsaved(self.session, close))

    async def _close(self) -> None:
        self.leave_session()
        self.live.stop()
        drop_recovery(self.session.file.path)
        editor = self.editor
        if len(self.sessions) == 1:
            await self._show_file(ScoreFile(free_name(Path.cwd()), "", None))
            at = 0
        else:
            at = self.at
        del self.sessions[at], self.session_ids[at]
        self.at = min(self.at, len(self.sessions) - 1) if at else 0
        await editor.remove()
        self.show_session()
        self.editor.focus()
        self.live.check(self.session)

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
                    drop_recovery(session.file.path)
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

    def _save(self, session: Session, overwrite: bool = False) -> bool:
        problem = session.save(overwrite)
        if problem is None:
            drop_recovery(session.file.path)
            note_recent(session.file.path)
            self._told_change = None
            self.show_title()
            self.say(f"saved {session.file.path}")
            return True
        if problem.conflict:
            self._ask_conflict(session, problem.message)
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
        self._told_change = None
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
                drop_recovery(before.path)
                self.live.check(session)
            elif not session.file.stamp:
                session.file = before if not path.exists() else session.file

        self.app.push_screen(AskText("Save as", str(session.file.path), check=check), chosen)

    # ------------------------------------------------------------------------- recovery, changes on disk

    def watch_files(self) -> None:
        self.set_interval(LOOK_EVERY_S, self._look_at_disk)

    def text_was_edited(self) -> None:
        """Bookkeeping after every edit: the title's dot, and a recovery file when typing pauses."""
        self.show_title()
        if self._recovery_timer is not None:
            self._recovery_timer.stop()
        session = self.session
        self._recovery_timer = self.set_timer(RECOVERY_AFTER_S, lambda: self._keep(session))

    def _keep(self, session: Session) -> None:
        if not session.is_modified:
            drop_recovery(session.file.path)
            return
        path, text = session.file.path, session.text

        def work(go_on: GoOn) -> None:
            problem = keep_recovery(path, text)
            if problem:
                self.post_message(Failed("put the text aside", problem))

        self.live.jobs.start("recovery", work)

    def _offer_recovery(self) -> None:
        session = self.session
        found = find_recovery(session.file.path, session.saved)
        if found is None or session.is_modified:
            return

        def answered(answer: str | None) -> None:
            if answer == "recover":
                self.editor.replace(found.text, (0, 0), self.editor.document.end)
                self.say("recovered; ^Z brings back what is on disk")
            elif answer == "discard":
                drop_recovery(session.file.path)

        when = time.strftime("%H:%M on %d %b", time.localtime(found.saved_at))
        question = f"{session.name} was not saved before the workstation ended. There is text of {when}."
        answers = [("recover", "Recover it"), ("cancel", "Decide later"), ("discard", "Throw it away")]
        self.app.push_screen(Ask(question, answers), answered)

    def _look_at_disk(self) -> None:
        """Say once when the file at hand changed or vanished underneath; saving asks in any case."""
        changed = change_on_disk(self.session.file) if self.session.file.stamp else None
        if changed is not None and changed != self._told_change:
            self.say(f"{changed}; your text is safe here, ^S asks what to do", stays=True)
        self._told_change = changed

    # ---------------------------------------------------------------------------------------- rendering

    def action_render(self) -> None:
        self.render_to(self.session.folder)

    def action_render_as(self) -> None:
        def chosen(text: str | None) -> None:
            if text:
                self.render_to(Path(text).expanduser())

        self.app.push_screen(AskText("Render into which folder?", str(self.session.folder)), chosen)

    def render_to(self, folder: Path) -> None:
        """Write the files the score asks for (MIDI and WAV where it asks for none)."""
        session = self.session
        if self.studio.problem:
            self.say(f"nothing to render: {self.studio.problem}", stays=True)
            return
        made, known = session.composed, session.checked
        ready = made.composition if made is not None and session.is_current else None
        fresh = known if known is not None and known.revision == session.revision else None
        text, revision, stem = session.text, session.revision, session.file.path.stem

        def work(go_on: GoOn) -> None:
            from engine.deliver import Target

            def told(words: str) -> None:
                self.post_message(Doing(f"render: {words}"))

            try:
                # Typed a moment ago: what is rendered is what stands there now.
                asked = (fresh or check(text, revision, session.folder)).asked()
                if asked is None:
                    self.post_message(Failed("render", "write a line of script first"))
                    return
                formats = asked.plan.output or _FORMATS
                composition = ready or self.studio.compose(asked, go_on, told)
                target = Target(folder, stem, formats, soundfont=self.studio.settings.soundfont)
                written = self.studio.render(composition, target, go_on, told)
            except Exception as error:
                said = str(error).strip().splitlines()
                self.post_message(Failed("render", said[0] if said else type(error).__name__))
                return
            names = ", ".join(Path(file.path).name for file in written)
            self.app.call_from_thread(self.say, f"rendered {names} into {folder}")
            self.post_message(Doing(""))

        self.say(f"rendering into {folder} …")
        self.live.jobs.start("render", work)
