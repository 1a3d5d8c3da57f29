"""The part that notices what is heard and what is chosen, and has it remembered.

A take counts as heard once it has sounded for two seconds. What is remembered are measures of the takes on
offer, never a word of the script, and nothing at all where the settings say so.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.taste.choices import MOST_OFFERED, OfferedTake, TakesOnOffer, TasteChoice
from tui.screens.desk import Desk
from tui.screens.transporting import Transporting
from tui.session import Composed, Session
from tui.taste_keeper import TasteKeeper

HEARD_AFTER_S = 2.0
_JUMP_S = 0.6
"""A playhead that moves further between two looks was set elsewhere."""
_EDGE_S = 1.0
"""Who begins so late, or ends so early, has heard all of a cue."""


@dataclass(slots=True)
class _Audition:
    """What has been heard of a cue's takes, as it sounded then; and which were played to the end."""

    offer: TakesOnOffer
    heard: dict[int, OfferedTake] = field(default_factory=dict)
    played: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Stretch:
    """A take that plays without a break."""

    cue: str
    take: int
    from_s: float
    to_s: float


class Tasting:
    """What is heard, cue by cue, and what becomes of it."""

    def __init__(self, desk: Desk, transport: Transporting) -> None:
        self.desk, self.transport = desk, transport
        self._keeper = TasteKeeper(lambda words: self._later(words))
        self._auditions: dict[tuple[int, str], _Audition] = {}
        self._seen: Composed | None = None
        self._stretch: _Stretch | None = None
        transport.ticked.append(self._listen)

    @property
    def is_on(self) -> bool:
        """Whether choices are to be remembered."""
        return self.desk.studio.settings.learn

    def close(self) -> None:
        """Write what waits."""
        self._keeper.close()

    # ------------------------------------------------------------------------------------ what is chosen

    def kept(self, cue_id: str, number: int, kind: str = "kept") -> None:
        """A take shall stay."""
        self._remember(kind, cue_id, number)

    def passed_over(self, cue_id: str, number: int, since: Sequence[int]) -> None:
        """Takes were heard, `since` among them, and the one that sounded before stays."""
        audition = self._audition(cue_id)
        if audition is not None and set(since) & (set(audition.heard) - {number}):
            self._remember("passed", cue_id, number)

    def more_wanted(self, cue_id: str) -> None:
        """None of those heard would do."""
        self._remember("more", cue_id, None)

    def heard(self, cue_id: str) -> tuple[int, ...]:
        """The takes of a cue that have been heard."""
        audition = self._audition(cue_id)
        return tuple(audition.heard) if audition is not None else ()

    def _remember(self, kind: str, cue_id: str, number: int | None) -> None:
        audition = self._audition(cue_id) if self.is_on else None
        if audition is None or (number is not None and number not in audition.offer.numbers):
            return
        choice = _choice(kind, audition, number)
        if choice is not None:
            self._keeper.keep(choice)

    # ------------------------------------------------------------------------------------ what is heard

    def _listen(self) -> None:
        session, listening = self.desk.session, self.transport.listening
        if not self.is_on or not listening.is_playing or not listening.holds(session):
            self._stretch = None
            return
        t_s = self.transport.t_s
        index = session.cue_at(t_s)
        reports = session.composed.composition.cues if session.composed else ()
        if index is None or index >= len(reports):
            return
        now, last = reports[index], self._stretch
        if last is not None and last.cue != now.id:
            self._ended(last)
        same = last is not None and (last.cue, last.take) == (now.id, now.take)
        if last is not None and same and 0 <= t_s - last.to_s < _JUMP_S:
            last.to_s = t_s
        else:
            last = self._stretch = _Stretch(now.id, now.take, t_s, t_s)
        if last.to_s - last.from_s >= HEARD_AFTER_S:
            self._has_heard(now.id, now.take)
        # The last cue is never left for another.
        if t_s >= session.duration_s - _EDGE_S / 2:
            self._ended(last)

    def _has_heard(self, cue_id: str, number: int) -> None:
        audition = self._audition(cue_id)
        if audition is not None and number in audition.offer.numbers:
            audition.heard[number] = audition.offer.takes[audition.offer.numbers.index(number)]

    def _ended(self, stretch: _Stretch) -> None:
        """A cue was left for the next: was it heard from its beginning to its end?"""
        audition = self._audition(stretch.cue)
        plan = self.desk.session.plan
        cue = next((one for one in plan.cues if one.id == stretch.cue), None) if plan else None
        if audition is None or cue is None or stretch.take in audition.played:
            return
        if stretch.from_s <= cue.start_s + _EDGE_S and stretch.to_s >= cue.end_s - _EDGE_S:
            audition.played.add(stretch.take)
            audition.heard.setdefault(stretch.take, _take(audition.offer, stretch.take))
            self._remember("played", stretch.cue, stretch.take)

    # -------------------------------------------------------------------------------------------- inside

    def _audition(self, cue_id: str) -> _Audition | None:
        session = self.desk.session
        if session.composed is not self._seen:
            self._seen = session.composed
            self._look_at(session)
        return self._auditions.get((id(session), cue_id))

    def _look_at(self, session: Session) -> None:
        """Take over what was composed last. Takes that are others now have not been heard."""
        for report, cue in zip(
            session.composed.composition.cues if session.composed else (),
            session.composed.composition.composed if session.composed else (),
            strict=True,
        ):
            key = (id(session), report.id)
            known = self._auditions.get(key)
            if cue.offer is None:
                self._auditions.pop(key, None)
            elif known is None or not _are_same_takes(known.offer, cue.offer):
                self._auditions[key] = _Audition(cue.offer)
            else:
                known.offer = cue.offer

    def _later(self, words: str) -> None:
        """From the keeper's thread."""
        self.desk.screen.call_later(self.desk.say, words, True)


def _are_same_takes(before: TakesOnOffer, now: TakesOnOffer) -> bool:
    """Whether these are takes of the same cue as it was: then some are as they were made."""
    known = dict(zip(before.numbers, before.takes, strict=True))
    return any(
        number in known and known[number].image == take.image
        for number, take in zip(now.numbers, now.takes, strict=True)
    )


def _take(offer: TakesOnOffer, number: int) -> OfferedTake:
    return offer.takes[offer.numbers.index(number)]


def _choice(kind: str, audition: _Audition, number: int | None) -> TasteChoice | None:
    """The choice as it is remembered: heard takes first, as they sounded when they were heard."""
    offer = audition.offer
    if not offer.numbers or (number is None and not audition.heard):
        return None
    order = sorted(offer.numbers, key=lambda n: (n != number, n not in audition.heard))[:MOST_OFFERED]
    takes = tuple(
        replace(audition.heard[n], heard=True)
        if n in audition.heard
        else replace(_take(offer, n), heard=n == number)
        for n in order
    )
    place = order.index(number) if number is not None else None
    return TasteChoice(kind, offer.style, offer.valence, offer.arousal, takes, place, int(time.time()))
