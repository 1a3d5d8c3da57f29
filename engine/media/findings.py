"""What is to be said of the music files that a score names: files that are silent, odd, or of another length.

Where they cannot be read at all composing stops with MediaError instead.
"""

from pathlib import Path

from dsl.diagnostics import Finding, Span, warning
from dsl.plan import Plan
from engine.media.frozen_take import stretch_of, take_file
from engine.media.midi_file import read_midi
from engine.music.clock import clock_of


def odd_file(name: str, remark: str, span: Span) -> Finding:
    """The finding for a file that was read in spite of something."""
    return warning("W531", f"{name}: {remark}.", span, "Export the file again, or let it be.")


def midi_findings(plan: Plan) -> tuple[Finding, ...]:
    """Of the themes and frozen takes of a plan whose tempo is fitted. Raises MediaError where one cannot be
    read."""
    found: list[Finding] = []
    for motif in plan.motifs:
        if motif.file is not None:
            span = motif.span or Span(1, 1, 1, 1)
            remarks = read_midi(Path(plan.folder) / motif.file).remarks
            found += [odd_file(motif.file, remark, span) for remark in remarks]
    for cue in plan.cues:
        if cue.freeze is None:
            continue
        midi = read_midi(take_file(plan, cue))
        if not midi.parts:
            odd = "".join(f" ({remark})" for remark in midi.remarks)
            message = f"{cue.freeze} holds no note that begins and ends: the cue is silent{odd}."
            found.append(warning("W530", message, cue.span, "Export the take again, or take @freeze out."))
            continue
        found += [odd_file(cue.freeze, remark, cue.span) for remark in midi.remarks]
        clock = clock_of(cue)
        stretch = stretch_of(midi, clock)
        if stretch != 1.0:
            beats = float(midi.beats(midi.end))
            message = (
                f"{cue.freeze} lasts {beats:.4g} beats, the cue {clock.beats:.4g}: it is stretched to fit."
            )
            hint = f"For the take as it is: @bars {max(1, round(beats / clock.bars[0].beats))}."
            found.append(warning("W532", message, cue.span, hint))
    return tuple(found)
