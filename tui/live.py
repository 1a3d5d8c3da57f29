"""The live loop of the workstation: after each pause in typing check, read, compose and synthesise, each in a
thread of its own, the newest only. Results come back as messages; nothing here knows a widget.

Threads are daemons of our own rather than Textual's workers, whose executor would keep the program from
quitting while a model loads.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.message_pump import MessagePump

from dsl.plan import RoleName
from tui.checking import Check, check
from tui.session import Composed, Session
from tui.studio.protocol import Analysed, GoOn, Studio, Superseded, one_line

if TYPE_CHECKING:
    from textual.timer import Timer

    from engine.playback.player import Sound
    from engine.render.pieces import Sounding
    from tui.line_reading import LineReading

CHECK_AFTER_S = 0.06
CHARACTERS_A_SECOND = 5_000_000
"""The pause before a check grows with the text: a check of a novel takes seconds of its own."""
LIVE_UP_TO = 300_000
"""Characters up to which music follows the typing; a longer score is composed when asked for."""
COMPOSE_AFTER_S = 0.12
COMPOSE_WITH_ERRORS_AFTER_S = 1.5
"""While a line is being written it is often broken for a moment; music is not made of every such moment."""
SOUND_AFTER_S = 0.8


@dataclass
class Checked(Message):
    """A text was checked."""

    session: Session
    check: Check


@dataclass
class Read(Message):
    """The text was read: the arc is known."""

    session: Session
    revision: int
    analysed: Analysed


@dataclass
class Explained(Message):
    """How a line is read, or in one line why that is not known."""

    line: int
    readings: "tuple[LineReading, ...]"
    problem: str | None = None


@dataclass
class Made(Message):
    """A text was composed."""

    session: Session
    composed: Composed


@dataclass
class Sounded(Message):
    """A composition was synthesised; `mix` is its sound without the roles that were silent then."""

    session: Session
    composed: Composed
    sounding: "Sounding"
    mix: "Mix"


@dataclass
class Mixed(Message):
    """The same music with other roles silent."""

    session: Session
    sounding: "Sounding"
    mix: "Mix"


@dataclass
class Loaded(Message):
    """The models are there, or `problem` says why not."""

    problem: str | None


@dataclass
class Doing(Message):
    """What goes on in the background, "" when nothing does."""

    words: str


@dataclass
class Failed(Message):
    """A background job could not be done; one line says why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Mix:
    """What the player plays, and the roles that are silent in it."""

    sound: "Sound"
    silent: frozenset[RoleName]


def mixed(sounding: "Sounding", silent: frozenset[RoleName]) -> Mix:
    """The sum of the roles that are not silent, ready to play."""
    from engine.playback.player import Sound

    return Mix(Sound(sounding.mix(silent), sounding.rate), silent)


class Jobs:
    """One thread a kind of work; starting another of a kind tells the one before to stop."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[threading.Thread, threading.Event]] = {}

    def start(self, kind: str, work: Callable[[GoOn], None]) -> None:
        """Runs `work(go_on)` in a thread of its own in place of the last of its kind; that one's `go_on()`
        turns False."""
        self.stop(kind)
        cancelled = threading.Event()
        thread = threading.Thread(
            target=_run, args=(work, lambda: not cancelled.is_set()), name=f"melodrama-{kind}", daemon=True
        )
        self._running[kind] = (thread, cancelled)
        thread.start()

    def stop(self, kind: str) -> None:
        """Tells the running work of a kind that nobody wants it."""
        found = self._running.pop(kind, None)
        if found is not None:
            found[1].set()

    def stop_all(self, wait_s: float = 0.0) -> None:
        """Stops every kind, and waits up to `wait_s` seconds for each thread."""
        running = list(self._running.values())
        for kind in list(self._running):
            self.stop(kind)
        for thread, _ in running:
            thread.join(wait_s)

    def is_running(self, kind: str) -> bool:
        """Whether work of a kind is still on its way."""
        found = self._running.get(kind)
        return found is not None and found[0].is_alive()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return not any(thread.is_alive() for thread, _ in self._running.values())


def _run(work: Callable[[GoOn], None], go_on: GoOn) -> None:
    try:
        work(go_on)
    except Superseded:
        return


class Live:
    """Drives one session at a time. `owner` gets the messages and lends its timers."""

    def __init__(self, owner: MessagePump, studio: Studio) -> None:
        self.owner, self.studio = owner, studio
        self.jobs = Jobs()
        self.is_on = studio.settings.live
        self._lock = threading.Lock()
        self._is_checking = False
        self._check_next: Session | None = None
        self._timers: dict[str, Timer] = {}
        self.steers: Callable[[Session], bool] = lambda session: False
        """Asked after every check: whether music follows the writing by itself (`tui.screens.following`), so
        that none need be made of the whole text."""

    # ------------------------------------------------------------------------------------------ starting

    def load(self) -> None:
        """Load the models in the background."""

        def work(go_on: GoOn) -> None:
            self._post(Doing("loading models"))
            problem = self.studio.load()
            self._post(Loaded(problem))

        self.jobs.start("load", work)

    def edited(self, session: Session) -> None:
        """The text changed: everything follows after a pause."""
        self.jobs.stop("read")
        self.jobs.stop("compose")
        self._stop_timer("compose")
        wait = CHECK_AFTER_S + len(session.text) / CHARACTERS_A_SECOND
        self._after("check", wait, lambda: self.check(session))

    def check(self, session: Session) -> None:
        """Check as soon as no check runs: they cannot be stopped, and several at a time would slow each other
        down."""
        with self._lock:
            self._check_next = session
            if self._is_checking:
                return
            self._is_checking = True

        def work(go_on: GoOn) -> None:
            while (wanted := self._next_check()) is not None:
                revision, text, previous = wanted.revision, wanted.text, wanted.checked
                document = previous.document if previous else None
                is_read = wanted.analysed is not None
                result = self._guarded(
                    "check",
                    lambda: check(text, revision, wanted.folder, document, is_read),  # noqa: B023
                )
                if result is not None:
                    self._post(Checked(wanted, result))

        self.jobs.start("check", work)

    def _next_check(self) -> Session | None:
        with self._lock:
            wanted, self._check_next = self._check_next, None
            self._is_checking = wanted is not None
        return wanted

    def follow(self, session: Session) -> bool:
        """After a check: read the text at once, and compose when the writer pauses a little longer. Whether
        the text is read."""
        result = session.checked
        if not self.studio.is_loaded:
            return False
        if result is None or result.plan is None or len(session.text) > LIVE_UP_TO:
            self._post(Doing(""))
            return False
        self._read(session, result)
        if self.steers(session):
            return True
        if self.is_on:
            wait = COMPOSE_WITH_ERRORS_AFTER_S if result.has_errors else COMPOSE_AFTER_S
            self._after("compose", wait, lambda: self.compose(session))
        return True

    def explain(self, session: Session, line: int) -> None:
        """Ask how a line of the text as it stands is read."""
        known, text, revision = session.checked, session.text, session.revision
        fresh = known if known is not None and known.revision == revision else None

        def work(go_on: GoOn) -> None:
            try:
                asked = (fresh or check(text, revision, session.folder)).asked()
                found = self.studio.explain(asked, line, go_on) if asked is not None else ()
                problem = None
            except Superseded:
                raise
            except Exception as error:
                found, problem = (), one_line(error)
            if go_on():
                self._post(Explained(line, found, problem))

        self.jobs.start("explain", work)

    def compose(self, session: Session, after_s: float = 0.0) -> None:
        """Compose now, or when nothing else was wanted for a moment."""
        if after_s > 0:
            self._after("compose", after_s, lambda: self.compose(session))
            return
        result = session.checked
        revision, auditions, more = session.revision, dict(session.auditions), session.more_takes
        asked = result.asked({**session.pinned, **auditions}) if result is not None else None
        if asked is None:
            return

        def work(go_on: GoOn) -> None:
            announce = self._announce(go_on)
            announce("composing")
            made = self._guarded("compose", lambda: self.studio.compose(asked, go_on, announce, more))
            if made is not None and go_on():
                self._post(Made(session, Composed(revision, made, auditions, more)))
            elif go_on():
                self._post(Doing(""))

        self.jobs.stop("sound")
        self._stop_timer("sound")
        self._stop_timer("compose")
        self.jobs.start("compose", work)

    def sound(self, session: Session, at_once: bool) -> None:
        """Synthesise what was composed, at once or when nothing else has happened for a moment."""
        self._after("sound", 0.01 if at_once else SOUND_AFTER_S, lambda: self._sound(session))

    def mix(self, session: Session) -> None:
        """Other roles are silent now."""
        sounding, silent = session.sounding, session.silent
        if sounding is not None:
            self.jobs.start(
                "mix", lambda go_on: self._post(Mixed(session, sounding, mixed(sounding, silent)))
            )

    def stop(self, wait_s: float = 0.0) -> None:
        """Ends timers and work, waiting up to `wait_s` seconds for each thread."""
        for name in list(self._timers):
            self._stop_timer(name)
        self.jobs.stop_all(wait_s)

    @property
    def is_idle(self) -> bool:
        """Whether no work runs and none waits for its time."""
        return self.jobs.is_idle and not self._timers

    # -------------------------------------------------------------------------------------------- inside

    def _read(self, session: Session, result: Check) -> None:
        asked = result.asked()
        assert asked is not None

        def work(go_on: GoOn) -> None:
            announce = self._announce(go_on)
            while (read := self._guarded("read", lambda: self.studio.analyse(asked, go_on))) and go_on():
                self._post(Read(session, result.revision, read))
                if not read.awaits_film:
                    break
                self._guarded("look at the film", lambda: self.studio.look(asked, go_on, announce))
                if not self.jobs.is_running("compose"):
                    announce("")

        self.jobs.start("read", work)

    def _sound(self, session: Session) -> None:
        composed = session.composed
        if composed is None:
            return

        def work(go_on: GoOn) -> None:
            announce = self._announce(go_on)
            announce("synthesising")
            sounding = self._guarded("play", lambda: self.studio.sound(composed.composition, go_on, announce))
            if sounding is not None and go_on():
                self._post(Sounded(session, composed, sounding, mixed(sounding, session.silent)))
            if go_on():
                self._post(Doing(""))

        self.jobs.start("sound", work)

    def _guarded(self, what: str, work: Callable[[], Any]) -> Any:
        """The result, or None and a message: whatever happens in the background, the text stays editable."""
        try:
            return work()
        except Superseded:
            raise
        except Exception as error:
            said = str(error).strip().splitlines()
            self._post(Failed(what, said[0] if said else type(error).__name__))
            return None

    def _announce(self, go_on: GoOn) -> Callable[[str], None]:
        def announce(words: str) -> None:
            if go_on():
                self._post(Doing(words))

        return announce

    def _post(self, message: Message) -> None:
        self.owner.post_message(message)

    def _after(self, name: str, seconds: float, action: Callable[[], None]) -> None:
        self._stop_timer(name)

        def fire() -> None:
            self._timers.pop(name, None)
            action()

        self._timers[name] = self.owner.set_timer(seconds, fire)

    def _stop_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.stop()
