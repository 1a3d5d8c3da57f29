"""What came of a cue, judged on the finished score."""

from dsl.plan import PlannedCue
from engine.match.choice import ChosenCue
from engine.match.note_recogniser import NoteRecogniser
from engine.match.performed import performed_cue
from engine.match.ranking import judge
from engine.music.score import Score
from engine.report import CueReport, Feeling, HitReport


def cue_report(
    score: Score, index: int, chosen: ChosenCue, takes: int, recogniser: NoteRecogniser
) -> CueReport:
    """The report of cue `index` of a score, of which `takes` candidates were asked for. Every figure in
    `stages` is on the scale of its `match`: arranged, against what is felt."""
    judgement = judge(chosen.cue, chosen.curve, performed_cue(score, index), recogniser)
    own, choice = score.cues[index], chosen.choice
    opinions, moved = choice.opinions, choice.chosen_moved
    stages = {}
    if opinions:
        stages["first_take"] = choice.first_match
        stages["chosen_take"] = moved.match_before if moved else opinions[0].match
    if moved:
        stages["optimised"] = moved.match_after
    stages["arranged"] = judgement.match
    return CueReport(
        id=own.id,
        take=own.take,
        takes=takes if opinions else 0,
        target=Feeling(*judgement.target),
        heard=Feeling(*judgement.heard),
        match=judgement.match,
        confidence=judgement.confidence,
        critic=opinions[0].critic if opinions else 0.0,
        tempo_bpm=round(60.0 * (own.end_beat - own.start_beat) / max(own.end_s - own.start_s, 1e-6), 3),
        key=str(own.key),
        hits=_hits(score, chosen.cue),
        bars=chosen.cue.bars,
        notes=sum(own.start_s <= n.start_s < own.end_s for t in score.tracks for n in t.notes),
        stages=stages,
        moved=moved,
        form=own.form,
        motifs=own.themes,
    )


def _hits(score: Score, cue: PlannedCue) -> tuple[HitReport, ...]:
    """Each hit and the note onset nearest to it that was in fact written."""
    onsets = sorted({note.start_s for track in score.tracks for note in track.notes})
    hits = []
    for event in cue.events:
        if event.kind == "hit":
            got = min(onsets, key=lambda t: abs(t - event.t_s), default=float("nan"))
            hits.append(HitReport(event.name, event.t_s, got))
    return tuple(hits)
