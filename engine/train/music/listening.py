"""Takes to listen to: one MIDI file a take, a track a role, and their piano rolls as pictures."""

from collections.abc import Sequence
from pathlib import Path

from engine.generate.request import Request, Take

PROGRAMS = {"melody": 73, "counter": 68, "chords": 0, "bass": 43, "drums": 0}
"""Flute, oboe, piano, contrabass: voices that are easily told apart."""

COLOURS = {
    "melody": "tab:red",
    "counter": "tab:orange",
    "chords": "tab:blue",
    "bass": "tab:green",
    "drums": "0.4",
}


def write_midi(take: Take, tempo: float, path: Path) -> None:
    """A take as a MIDI file at `tempo` quarter notes a minute."""
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(initial_tempo=tempo)
    step_s = 60.0 / tempo / 4
    for role, notes in take.roles.items():
        track = pretty_midi.Instrument(PROGRAMS[role], is_drum=role == "drums", name=role)
        for note in notes:
            start = note.start * step_s
            end = (note.start + note.steps) * step_s
            track.notes.append(pretty_midi.Note(note.velocity, note.pitch, start, end))
        midi.instruments.append(track)
    midi.write(str(path))


def draw_takes(requests: Sequence[Request], takes: Sequence[Take], titles: Sequence[str], path: Path) -> None:
    """Piano rolls of takes in 4/4 under each other: melody red, counter orange, chords blue, bass green,
    drums grey at the bottom."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    rows = -(-len(takes) // 2)
    figure, axes = plt.subplots(rows, 2, figsize=(18, 2.6 * rows), squeeze=False)
    for axis, request, take, title in zip(axes.ravel(), requests, takes, titles, strict=False):
        for role, notes in take.roles.items():
            heights = [20 + note.pitch % 12 if role == "drums" else note.pitch for note in notes]
            starts = [note.start for note in notes]
            ends = [note.start + note.steps - 0.3 for note in notes]
            axis.hlines(heights, starts, ends, colors=COLOURS[role], lw=2.2)
        axis.set_xticks(range(0, request.bars * 16 + 1, 16))
        axis.set_xlim(0, request.bars * 16)
        axis.set_ylim(18, 96)
        axis.grid(axis="x", alpha=0.5)
        axis.set_title(title, fontsize=9, loc="left")
    figure.tight_layout()
    figure.savefig(path, dpi=60)
    plt.close(figure)
