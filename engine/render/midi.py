"""A score as a Standard MIDI File, through pretty_midi: named tracks, General MIDI programs, tempo map,
metre, key, markers for cues and hits, lyrics carrying the script. Text is UTF-8. Reading MIDI is not done
here.
"""

import io
import struct

import pretty_midi

from dsl.plan import Key
from engine.music.score import Score, TempoChange, Track

RESOLUTION = 960
"""Ticks a quarter note: a tick at 60 BPM is about a millisecond, so rounding stays well under a video
frame."""

_VOLUME, _PAN, _EXPRESSION, _REVERB = 7, 10, 11, 91


def midi_bytes(score: Score, *, tail_s: float = 0.0, reverb: int | None = None) -> bytes:
    """The whole score as one file. `tail_s` keeps the file going after the last note (for synthesis),
    `reverb` is CC 91."""
    return tracks_midi_bytes(score, score.tracks, tail_s=tail_s, reverb=reverb)


def tracks_midi_bytes(
    score: Score, tracks: tuple[Track, ...], *, tail_s: float = 0.0, reverb: int | None = None
) -> bytes:
    """Some tracks of a score with its whole time line; the same seconds mean the same ticks in every such
    file."""
    midi = pretty_midi.PrettyMIDI(resolution=RESOLUTION, charset="utf-8")
    _write_tempo_map(midi, score.tempo, score.duration_s + tail_s)
    for change in score.meters:
        meter = change.meter
        midi.time_signature_changes.append(
            pretty_midi.TimeSignature(meter.numerator, meter.denominator, max(change.t_s, 0.0))
        )
    for key in score.keys:
        midi.key_signature_changes.append(pretty_midi.KeySignature(_key_number(key.key), max(key.t_s, 0.0)))
    midi.lyrics = [pretty_midi.Lyric(lyric.text, lyric.start_s) for lyric in score.lyrics]
    midi.text_events = [pretty_midi.Text(f"{m.kind}: {m.text}", m.t_s) for m in score.markers]
    for track in tracks:
        midi.instruments.append(_instrument(track, score.duration_s + tail_s, reverb))
    buffer = io.BytesIO()
    midi.write(buffer)
    return _texts_as_markers(buffer.getvalue())


def _instrument(track: Track, end_s: float, reverb: int | None) -> pretty_midi.Instrument:
    instrument = pretty_midi.Instrument(program=track.program, is_drum=track.is_drum, name=track.name)
    instrument.notes = [pretty_midi.Note(n.velocity, n.pitch, n.start_s, n.end_s) for n in track.notes]
    controls = {_VOLUME: _volume(track.gain_db), _PAN: _pan(track.pan), _EXPRESSION: 127}
    if reverb is not None:
        controls[_REVERB] = reverb
    instrument.control_changes = [pretty_midi.ControlChange(c, value, 0.0) for c, value in controls.items()]
    instrument.control_changes += [
        pretty_midi.ControlChange(_EXPRESSION, value, t_s) for t_s, value in track.expression
    ]
    # A last harmless event, so that every track, and so every stem, is as long as the score.
    instrument.control_changes.append(pretty_midi.ControlChange(_EXPRESSION, 127, end_s))
    return instrument


def _volume(gain_db: float) -> int:
    """CC 7 for a gain: General MIDI volume is quadratic, gain = 40 log10(cc / 100) with 100 as unity."""
    return max(1, min(127, round(100 * 10 ** (gain_db / 40))))


def _pan(pan: float) -> int:
    """CC 10 for −1 (left) … 1 (right)."""
    return max(0, min(127, round(64 + 63 * pan)))


def _key_number(key: Key) -> int:
    """pretty_midi's key number: 0–11 major, 12–23 minor."""
    return key.tonic + (12 if key.mode == "minor" else 0)


def _write_tempo_map(midi: pretty_midi.PrettyMIDI, tempo: tuple[TempoChange, ...], end_s: float) -> None:
    """Set the file's tempo map. A MIDI tempo is whole microseconds a quarter, so ticks are laid from those,
    not from BPM: seconds and ticks then agree with what any other program reads back."""
    scales: list[tuple[int, float]] = []
    for change in tempo or (TempoChange(0.0, 0.0, 120.0),):
        tick = max(0, round(change.beat * RESOLUTION))
        # int() on the reciprocal is what pretty_midi writes; half a microsecond keeps it from falling one
        # short.
        microseconds = max(1, min(0xFFFFFF, round(60e6 / change.bpm)))
        scale = (microseconds + 0.25) / 1e6 / RESOLUTION
        if scales and scales[-1][0] == tick:
            scales.pop()
        scales.append((tick, scale))
    if scales[0][0] != 0:
        scales.insert(0, (0, scales[0][1]))
    midi._tick_scales = scales
    slowest = min(change.bpm for change in tempo) if tempo else 120.0
    fastest = max(change.bpm for change in tempo) if tempo else 120.0
    last_tick = scales[-1][0]
    midi._update_tick_to_time(
        last_tick + int((end_s + 60 / slowest) * fastest / 60 * RESOLUTION) + RESOLUTION
    )


def _texts_as_markers(data: bytes) -> bytes:
    """Turn the text events (FF 01) of the first track into markers (FF 06): what a DAW shows on its ruler.

    pretty_midi has no markers; the first track holds meta events alone, so one walk over them is enough.
    """
    header = 14
    (length,) = struct.unpack(">I", data[header + 4 : header + 8])
    body = bytearray(data[header + 8 : header + 8 + length])
    at = 0
    while at < len(body):
        while body[at] & 0x80:  # delta time
            at += 1
        at += 1
        if body[at] != 0xFF:
            raise ValueError("the timing track holds more than meta events")
        if body[at + 1] == 0x01:
            body[at + 1] = 0x06
        at += 2
        size = 0
        while True:
            byte = body[at]
            at += 1
            size = size << 7 | byte & 0x7F
            if not byte & 0x80:
                break
        at += size
    return data[: header + 8] + bytes(body) + data[header + 8 + length :]
