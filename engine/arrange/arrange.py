"""From the chosen takes of every cue to one Score: the order in which the arrangement's steps are taken.

Each step has a file of its own; this one calls them in order. Nothing here depends on torch. The same
plan, takes and seed give the same score.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from dsl.plan import Plan
from engine.arrange.active_voices import ActiveVoices, active_voices
from engine.arrange.assemble import assemble
from engine.arrange.beat import keep_beat
from engine.arrange.counterpoint import mend
from engine.arrange.crossfade import Place, Ramp
from engine.arrange.crossing import keep_order
from engine.arrange.dialogue import make_room
from engine.arrange.draft import CueDraft
from engine.arrange.dynamics import shade
from engine.arrange.ending import close, closes
from engine.arrange.expression import play
from engine.arrange.fill_harmony import fill_harmony
from engine.arrange.frozen import frozen_draft, frozen_expression, read_frozen
from engine.arrange.handover import hand_over, keep_silent, silences
from engine.arrange.hits import asked_hits, hits_of, land
from engine.arrange.layout import lay_out
from engine.arrange.orchestration import Part, Played, add_pads, deal
from engine.arrange.registers import fit_lines
from engine.arrange.voicing import voice_chords
from engine.cues import CueMusic
from engine.music.score import Score


def arrange(plan: Plan, music: Sequence[CueMusic]) -> Score:
    """The score of a plan from the music of its cues, in the plan's order (one `CueMusic` for each).

    The cues in `music` carry the tempo maps that count. Raises MediaError where a frozen take cannot be read.
    """
    asked = asked_hits(plan)
    staged = [_arrange_cue(plan, item, asked, item is music[-1]) for item in music]
    drafts = [draft for draft, _ in staged]
    duration_s = max([plan.duration_s, *(draft.clock.end_s for draft in drafts)])
    hand_over(drafts, duration_s)
    quiet = silences(plan)
    parts: list[dict[Part, list[Played]]] = []
    frozen: list[Mapping[Place, Ramp]] = []
    for draft, active in staged:
        if active is None:
            parts.append(_silenced(read_frozen(plan, draft.music), quiet))
            frozen.append(frozen_expression(plan, draft.music))
            continue
        draft.notes = keep_silent(draft.notes, quiet)
        parts.append(deal(draft, active))
    return assemble(plan, drafts, parts, duration_s, frozen)


def _arrange_cue(
    plan: Plan, music: CueMusic, asked: list[float], last: bool
) -> tuple[CueDraft, ActiveVoices | None]:
    """One cue, its notes timed and shaded but not yet on its instrument; no voices for a frozen cue."""
    if music.cue.freeze and not music.sections:
        return frozen_draft(music), None
    rng = np.random.default_rng((music.cue.seed % 2**63, 0xA22))
    draft = lay_out(music)
    fill_harmony(draft)
    active = active_voices(draft, plan.palettes)
    keep_beat(draft, active)
    fit_lines(draft, active)
    voice_chords(draft, active)
    mend(draft, active)
    keep_order(draft, active)
    final_beat = close(draft) if closes(draft, last) else None
    add_pads(draft, active)
    make_room(draft, plan.characters)
    hits = hits_of(draft, asked)
    shade(draft, rng, hits)
    play(draft, active, hits, final_beat, rng)
    land(draft, hits)
    return draft, active


def _silenced(parts: dict[Part, list[Played]], quiet: list[tuple[float, float]]) -> dict[Part, list[Played]]:
    """A frozen cue's parts with the plan's silences kept."""
    for start, end in quiet:
        for part, notes in parts.items():
            parts[part] = [note for note in notes if not start - 1e-6 <= note.start_s < end - 1e-6]
            for note in parts[part]:
                if note.start_s < start:
                    note.end_s = min(note.end_s, start)
    return parts
