"""The part that keeps a reading of the writer's own: asks what a line feels, writes it beside the
score, and reads anew when the file changes, whoever changed it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import MelodramaError
from tui.completion import complete
from tui.screens.ask import AskText
from tui.screens.desk import Desk
from tui.session import Session
from tui.widgets.words import cut

if TYPE_CHECKING:
    from dsl.syntax import Document

LOOK_EVERY_S = 2.0
Stamps = dict[Path, tuple[int, int] | None]
"""By included file: when it was written, and its size."""


class Feeling:
    """Asks what words feel, and knows what the files that the score at hand includes were when last seen."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._included: tuple[Path, Stamps] = (Path(), {})
        self._films: tuple[Path, Stamps] = (Path(), {})

    def watch_included(self) -> None:
        """From now on look every two seconds whether an included file, or a film, has changed."""
        self.desk.screen.set_interval(LOOK_EVERY_S, self._look_at_included)

    def ask(self) -> None:
        """Ask how the words at the cursor, or those selected, are to be read."""
        self.desk.when_checked(self._ask)

    def _ask(self) -> None:
        # Deferred with the parser: the first paint needs neither.
        from dsl.feelings import compared
        from dsl.own_readings import feelings_of, place_of, said
        from tui.readings_file import ReadingsError, declared_elsewhere, written

        checked = self.desk.session.checked
        document = checked.document if checked else None
        words = self._words_to_read(document) if document else ""
        if document is None or not compared(words):
            self.desk.say("put the cursor on a line of script, or select the words that are meant")
            return
        clash = declared_elsewhere(document, words)
        if clash is not None:
            self.desk.say(f"{place_of(clash)} says already how these words are read; change it there")
            return
        form = compared(words)
        known = next((one for one in feelings_of(document) if compared(one.words) == form), None)
        moods = tuple(document.declarations.moods)

        def suggest(typed: str) -> Sequence[tuple[str, str]]:
            begun = f'@{"feel" if typed.isascii() else "读作"} "…" {typed}'
            found = [] if " " in typed.strip() else complete(begun, document)
            return [(typed[: len(typed) - one.typed] + one.insert, one.about) for one in found]

        def check(typed: str) -> str | None:
            if not typed.strip():
                return None if known else "an emotion and, perhaps, an intensity: hope 0.6, 希望 0.6"
            try:
                written(words, typed, moods)
            except ReadingsError as error:
                return str(error)
            return None

        def answered(typed: str | None) -> None:
            if typed is not None:
                self._keep(words, typed, moods)

        empty = "; nothing: as the text model reads it" if known else ""
        question = f"How is “{cut(words, 40)}” to be read? An emotion and an intensity{empty}"
        self.desk.ask(AskText(question, said(known) if known else "", suggest, check), answered)

    def _words_to_read(self, document: "Document") -> str:
        """What is selected; else the sentence that the cursor is in."""
        from dsl.syntax import Dialogue, Text
        from engine.text.sentences import split_sentences

        if self.desk.editor.selected_text.strip():
            return " ".join(self.desk.editor.selected_text.split())
        line, column = self.desk.session.cursor
        item = document.items[line - 1] if line <= len(document.items) else None
        if not isinstance(item, Text | Dialogue):
            return ""
        before = len("".join(document.lines[line - 1][: column - 1].split()))
        for sentence in split_sentences(item.text):
            before -= len("".join(sentence.split()))
            if before < 0:
                return sentence
        return (split_sentences(item.text) or [""])[-1]

    def _keep(self, words: str, feeling: str, moods: tuple[str, ...]) -> None:
        from tui.readings_file import INCLUDE, READINGS, included_at, keep, remove, written

        session = self.desk.session
        try:
            if feeling.strip():
                keep(session.folder, written(words, feeling, moods))
            else:
                remove(session.folder, words)
        except MelodramaError as error:
            self.desk.say(str(error), stays=True)
            return
        assert session.checked is not None
        at = included_at(session.checked.document)
        if at is not None and feeling.strip():
            self.desk.editor.history.checkpoint()
            self.desk.editor.insert(f"{INCLUDE}\n", (at, 0))
            self.desk.editor.history.checkpoint()
        self._read_anew(session)
        done = (
            f"read as {feeling.strip()}, kept in" if feeling.strip() else "as the text model reads it; out of"
        )
        self.desk.say(f"“{cut(words, 30)}” {done} {session.folder / READINGS}")

    def _read_anew(self, session: Session) -> None:
        """What stands beside the score has changed: all that was made of it is of yesterday."""
        session.outdated()
        self.desk.live.edited(session)

    def _look_at_included(self) -> None:
        """Another program, or another workstation, may have written a file that the score includes."""
        session = self.desk.session
        checked = session.checked
        if checked is None or checked.revision != session.revision:
            return
        if self._has_new_film(session, checked.document):
            self._read_anew(session)
            return
        now = _stamps(checked.document, session.folder)
        if (session.file.path, now) == self._included:
            return
        self._included = (session.file.path, now)
        if now and _is_stale(checked.document, session.folder):
            self._read_anew(session)

    def _has_new_film(self, session: Session, document: "Document") -> bool:
        """Whether a film that the score named before has come, gone or changed since."""
        path, before = self._films
        now = _film_stamps(document, session.folder)
        self._films = (session.file.path, now)
        return path == session.file.path and any(before.get(one, now[one]) != now[one] for one in now)


def _is_stale(document: "Document", folder: Path) -> bool:
    """Whether the included files declare something else than they did when the score was checked."""
    from dsl.include import load_includes

    declared, fresh = document.declarations, load_includes(document, folder)[0]
    return any(
        {name: one for name, one in getattr(declared, kind).items() if one.file} != dict(getattr(fresh, kind))
        for kind in ("characters", "motifs", "moods", "palettes", "feelings")
    )


def _stamps(document: "Document", folder: Path) -> Stamps:
    from dsl.include import include_lines

    return _stamps_of((directive.path.value for _, directive in include_lines(document)), folder)


def _film_stamps(document: "Document", folder: Path) -> Stamps:
    from dsl.syntax import DirectiveLine, PictureDirective

    directives = (item.directive for item in document.items if isinstance(item, DirectiveLine))
    return _stamps_of((one.path.value for one in directives if isinstance(one, PictureDirective)), folder)


def _stamps_of(names: Iterable[str], folder: Path) -> Stamps:
    from dsl.include import locate

    found: Stamps = {}
    for name in names:
        place = locate(folder, name)
        if isinstance(place, Path):
            try:
                status = place.stat()
                found[place] = (status.st_mtime_ns, status.st_size)
            except OSError:
                found[place] = None
    return found
