"""Which notes of a theme kept at its written pitches the key in force does not hold.

Only what the text alone can tell: themes written out as notes, under a key that the writer gave. Themes in
MIDI files are read by the engine, which asks `clash_finding` too.
"""

from collections.abc import Iterable

from dsl.diagnostics import Finding, Span
from dsl.plan import Key, Motif, PlannedCue
from dsl.time_findings import finding

_NAMES = {
    False: ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"),
    True: ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"),
}
_FLAT_KEYS = ((5, "major"), (2, "minor"), (7, "minor"), (0, "minor"), (5, "minor"))
"""Keys of flats whose names have none."""
_SNAP_S = 0.03
"""A key that begins this little after a theme still holds for it, as it does for the bar."""


def theme_clashes(cue: PlannedCue, motifs: Iterable[Motif]) -> list[Finding]:
    """A finding for each exact theme entering where the asked key does not hold all its notes."""
    written = {motif.name: motif.notes for motif in motifs if motif.exact and motif.notes}
    if not written:
        return []
    found: list[Finding] = []
    for event in cue.events:
        notes = written.get(event.name or "") if event.kind == "motif" else None
        key = key_at(cue, event.t_s)
        if notes is None or key is None:
            continue
        said = clash_finding(event.name or "", [p for note in notes for p in note.pitches], key, event.span)
        if said is not None:
            found.append(said)
    return found


def clash_finding(name: str, pitches: Iterable[int], key: Key, span: Span) -> Finding | None:
    """What to say of a theme whose pitches (MIDI) stay as they are in a key; None where all lie in its
    scale."""
    flats = "b" in key.spelling or (key.tonic, key.mode) in (
        (5, "major"),
        (2, "minor"),
        (7, "minor"),
        (0, "minor"),
    )
    foreign = dict.fromkeys(pitch % 12 for pitch in pitches if not key.holds(pitch))
    if not foreign:
        return None
    names = [_NAMES[flats][tone] for tone in foreign]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    clash = "clashes" if len(names) == 1 else "clash"
    message = f"the theme {name} is kept at its written pitches: {listed} {clash} with {key}"
    return finding("W416", message, span, "leave exact out to have it moved into the key, or change the key")


def key_at(cue: PlannedCue, t_s: float) -> Key | None:
    """The key that the writer gave for a moment of a cue, None where the engine may choose."""
    key = cue.keys[0].value
    for setting in cue.keys:
        if setting.start_s <= t_s + _SNAP_S:
            key = setting.value
    return key
