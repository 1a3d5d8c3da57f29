"""The part that chooses: takes tried, kept and frozen, and what may help a cue that matches poorly."""

from dsl.plan import PlannedCue
from dsl.vocabulary import STYLES
from engine.errors import OutputError
from tui.advice import improvements
from tui.match_figure import shown_match
from tui.panes import TakeRow
from tui.screens.ask import Choose
from tui.screens.desk import Desk
from tui.screens.tasting import Tasting
from tui.screens.transporting import Transporting
from tui.widgets.takes import TakeList
from tui.widgets.words import cue_name

_MORE = 8
_TRY_AFTER_S = 0.15
"""A step through the list is heard when nobody steps on at once."""


class Auditioning:
    """The list of takes, and which take is being tried."""

    def __init__(self, desk: Desk, transport: Transporting) -> None:
        self.desk, self.transport = desk, transport
        self.tasting = Tasting(desk, transport)
        self._order: dict[int, int] = {}
        """The places of the takes in the list that is open: they stay where they are while one is tried."""
        self._heard_before: tuple[int, ...] = ()
        self._sounded: int | None = None
        """What had been heard, and what sounded, when it was opened."""
        self._choosing: tuple[str, int | None] | None = None
        """While the list of takes is open: the cue's id, and the take that was being tried before."""

    @property
    def _cue_at_hand(self) -> int | None:
        """The cue whose takes are listed, else the one that plays, else the one the cursor is in."""
        if self._choosing is not None:
            return self._index_of(self._choosing[0])
        if self.transport.listening.is_playing:
            return self.desk.session.cue_at(self.transport.t_s)
        return self.desk.session.cue_of_line(self.desk.session.cursor[0])

    def _index_of(self, cue_id: str) -> int | None:
        cues = self.desk.session.plan.cues if self.desk.session.plan else ()
        return next((n for n, cue in enumerate(cues) if cue.id == cue_id), None)

    # ------------------------------------------------------------------------------------- one after another

    def take(self, step: int) -> None:
        index = self._cue_at_hand
        count = self.desk.studio.settings.takes + self.desk.session.more_takes
        number = self.desk.session.try_take(index, step, count) if index is not None else None
        if number is None or index is None or self.desk.session.plan is None:
            self.desk.say("no take to choose: put the cursor in a cue that is composed")
            return
        self.desk.say(f"{self.desk.session.plan.cues[index].id}: trying take {number}; F9 keeps it")
        self._go_to(self.desk.session.plan.cues[index])
        self.desk.live.compose(self.desk.session)
        self.show_takes()

    def _go_to(self, cue: PlannedCue) -> None:
        """At rest the playhead comes along to the cue whose takes are tried: that is what F5 plays, and what
        the line below the roll tells of."""
        if not self.transport.listening.is_playing and not cue.start_s <= self.transport.t_s < cue.end_s:
            self.transport.seek(cue.start_s)

    def keep(self) -> None:
        self.desk.when_checked(self._keep_take)

    def _keep_take(self) -> None:
        index = self._cue_at_hand
        fix = self.desk.session.keep_take(index) if index is not None else None
        if fix is None or index is None or self.desk.session.plan is None:
            self.desk.say("no take to keep: put the cursor in a cue that is composed")
            return
        cue = self.desk.session.plan.cues[index]
        report = self.desk.session.report_of(cue.id)
        number = self.desk.session.auditions.get(cue.id) or (report.take if report else 0)
        self.tasting.kept(cue.id, number)
        self.close_takes()
        self.desk.session.auditions.pop(cue.id, None)
        self.desk.editor.apply_fix(fix)
        self.desk.say(f"{cue.id}: kept; ^Z takes it back")

    def freeze(self) -> None:
        self.desk.when_checked(self._freeze_take)

    def _freeze_take(self) -> None:
        """Write the notes that sound to a MIDI file beside the score, and play those from now on."""
        index = self._cue_at_hand
        session = self.desk.session
        report = (
            session.report_of(session.plan.cues[index].id) if session.plan and index is not None else None
        )
        if index is None or report is None or session.composed is None or not report.takes:
            self.desk.say("no take to freeze: put the cursor in a cue that is composed")
            return
        if not session.is_current:
            self.desk.say("still composing; freeze when it is done")
            return
        # Deferred: it writes MIDI, which pulls in pretty_midi.
        from engine.render.frozen_cue import write_take

        try:
            file = write_take(session.composed.composition.score, report.id, session.folder)
        except (OutputError, OSError) as error:
            self.desk.say(f"{error}; nothing was changed")
            return
        fix = session.freeze_take(index, file)
        if fix is None:
            return
        self.tasting.kept(report.id, report.take, "frozen")
        self.close_takes()
        session.auditions.pop(report.id, None)
        self.desk.editor.apply_fix(fix)
        self.desk.say(f"{report.id}: frozen to {file}; ^Z brings the composing back")

    # ------------------------------------------------------------------------------------------- the list

    def takes(self) -> None:
        """List the takes of the cue at hand, once the cursor is where the keys before have brought it."""
        self.desk.when_typed(self._takes)

    def _takes(self) -> None:
        if self._choosing is not None:
            self.leave()
            return
        index, plan = self._cue_at_hand, self.desk.session.plan
        rows = self.desk.session.take_rows(index) if index is not None else []
        if not rows or index is None or plan is None:
            self.desk.say("no takes yet: put the cursor in a cue that is composed")
            return
        cue = plan.cues[index]
        self._go_to(cue)
        self._choosing = (cue.id, self.desk.session.auditions.get(cue.id))
        self._heard_before = self.tasting.heard(cue.id)
        self._sounded = next((row.number for row in rows if row.sounds), None)
        offer = self.desk.session.offer_of(cue.id)
        # Nothing is known yet of what is liked: takes stand by number.
        self._order = {n: place for place, n in enumerate(offer.numbers)} if offer and offer.learnt else {}
        rows = self._in_order(rows)
        takes = self.desk.pane(TakeList)
        takes.show_rows(cue_name(cue.id, cue.title), rows)
        takes.chosen = next((n for n, row in enumerate(rows) if row.sounds), 0)
        self.desk.screen.add_class("takes")
        takes.focus()
        self.desk.say("↑↓ hear · Enter keeps · F freezes to MIDI · M makes more · Esc back")

    def show_takes(self) -> None:
        """Bring the list to what was composed last."""
        if self._choosing is None:
            return
        index = self._index_of(self._choosing[0])
        rows = self.desk.session.take_rows(index) if index is not None else []
        if index is None or not rows or self.desk.session.plan is None:
            self.close_takes()
            return
        cue = self.desk.session.plan.cues[index]
        trying = self.desk.session.auditions.get(cue.id)
        self.desk.pane(TakeList).show_rows(cue_name(cue.id, cue.title), self._in_order(rows), trying=trying)

    def _in_order(self, rows: list[TakeRow]) -> list[TakeRow]:
        """As they stood when the list was opened; takes made since come last."""
        return sorted(rows, key=lambda row: (self._order.get(row.number, len(self._order)), row.number))

    def try_number(self, number: int) -> None:
        if self._choosing is None:
            return
        self.desk.session.auditions[self._choosing[0]] = number
        self.desk.live.compose(self.desk.session, after_s=_TRY_AFTER_S)
        self.show_takes()

    def want_more(self) -> None:
        index = self._cue_at_hand
        if index is not None:
            if self.desk.session.plan is not None:
                self.tasting.more_wanted(self.desk.session.plan.cues[index].id)
            more = self.desk.session.more_takes + _MORE
            self.desk.session.want_more_takes(index, more)
            self.desk.say(
                f"makes {_MORE} more takes; they are there as long as this list is open, Enter keeps one"
            )
            self.desk.live.compose(self.desk.session)

    def leave(self) -> None:
        """Back to what sounded before."""
        if self._choosing is None:
            return
        cue_id, before = self._choosing
        tried = self.desk.session.auditions.get(cue_id)
        self._passed_over(cue_id)
        if before is None:
            self.desk.session.auditions.pop(cue_id, None)
        else:
            self.desk.session.auditions[cue_id] = before
        had_more = bool(self.desk.session.more_takes)
        self.close_takes()
        if tried != before or had_more:
            self.desk.live.compose(self.desk.session)

    def _passed_over(self, cue_id: str) -> None:
        since = set(self.tasting.heard(cue_id)) - set(self._heard_before)
        if self._sounded is not None:
            self.tasting.passed_over(cue_id, self._sounded, tuple(since))

    def close_takes(self) -> None:
        """Fold the list away; more candidates than usual are no longer wanted."""
        if self._choosing is None:
            return
        self._choosing = None
        self.desk.session.want_more_takes(0, 0)
        self.desk.screen.remove_class("takes")
        self.desk.editor.focus()

    # ------------------------------------------------------------------------------------------ what helps

    def improve(self) -> None:
        self.desk.when_checked(self._offer_help)

    def _offer_help(self) -> None:
        """Offer what may help the cue at hand, each an edit that can be undone."""
        index, plan = self._cue_at_hand, self.desk.session.plan
        report = self.desk.session.report_of(plan.cues[index].id) if plan and index is not None else None
        if index is None or plan is None or report is None:
            self.desk.say("nothing to improve yet: put the cursor in a cue that is composed")
            return
        cue = plan.cues[index]
        offers = improvements(self.desk.session, index, tuple(STYLES))
        entries = [("more takes", "listen to others and keep one")] if report.takes else []
        first = len(entries)
        entries += [(what, why) for what, why, _ in offers]

        def chosen(number: int | None) -> None:
            if number is None:
                return
            if number < first:
                self.takes()
                return
            self.desk.editor.apply_fix(offers[number - first][2])
            self.desk.say(f"{offers[number - first][0]}; ^Z takes it back")

        match = f"{shown_match(report.match):.2f}".removeprefix("0")
        question = f"{cue_name(cue.id, cue.title)} matches {match}. What may help?"
        self.desk.ask(Choose(question, entries), chosen)
