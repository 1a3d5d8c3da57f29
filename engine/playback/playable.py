"""What there is to listen to in a file: its sound, and which line and cue is heard when.

A composition, a MIDI file or a recording all become one `Playable`. Moving through it is
`engine.playback.player`'s business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.cue_names import cue_label
from dsl.limits import LONGEST_PLAYED_S
from engine.errors import MediaError
from engine.media.midi_file import read_playable
from engine.playback.player import Sound

if TYPE_CHECKING:
    from engine.composition import Composition

PLAY_RATE = 48_000
"""Hz; what the synthesiser gives."""
_DEVICE_RATES = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
"""Hz; a device that is asked for others mostly refuses."""
_LONGEST = f"at most {LONGEST_PLAYED_S / 3600:g} hours at {PLAY_RATE / 1000:g} kHz are played"


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of script or a cue: heard from `start_s` until `end_s`."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Playable:
    """Sound with its lines and cues, each in the order of time. Recordings have neither. `remarks`: what was
    odd in the file."""

    title: str
    sound: Sound
    lines: tuple[Passage, ...] = ()
    cues: tuple[Passage, ...] = ()
    remarks: tuple[str, ...] = ()

    def line_at(self, t_s: float) -> str:
        """The line that is heard at `t_s`, or the last one before; "" before the first."""
        return next((line.text for line in reversed(self.lines) if line.start_s <= t_s + 1e-3), "")

    def cue_at(self, t_s: float) -> Passage | None:
        """The cue that is heard at `t_s` (seconds), or the last one before; None before the first."""
        return next((cue for cue in reversed(self.cues) if cue.start_s <= t_s + 1e-3), None)


def playable_of_composition(
    composition: "Composition",
    soundfont: Path | None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Playable:
    """A composed score through the sound font, mastered as `render` does it. Raises MediaError for a bad
    font."""
    from engine.render.export import mastered_mix

    score = composition.score
    samples = mastered_mix(composition, soundfont, PLAY_RATE, progress)
    lines = tuple(
        Passage(lyric.start_s, lyric.end_s, f"{lyric.speaker}: {lyric.text}" if lyric.speaker else lyric.text)
        for lyric in score.lyrics
    )
    cues = tuple(Passage(cue.start_s, cue.end_s, cue_label(cue.id, cue.title)) for cue in score.cues)
    return Playable(score.title, Sound(samples, PLAY_RATE), lines, cues)


def playable_of_midi(path: Path, soundfont: Path | None) -> Playable:
    """A MIDI file through the sound font; its lyrics are lines, its markers cues. Raises MediaError."""
    from engine.render.mastering import listening_gain, measure
    from engine.render.synthesis import SAMPLE_RATE, synthesise_midi
    from engine.render.synthesiser import choose_synthesiser

    music, data = read_playable(path)
    if not music.parts:
        odd = "".join(f" ({remark})" for remark in music.remarks)
        raise MediaError(f"{path} holds no note that begins and ends; there is nothing to play{odd}")
    mix = synthesise_midi(data, choose_synthesiser(soundfont), music.duration_s)
    # Not `master`, whose true peaks take twelve times the memory of the sound: pieces last up to three hours.
    gain = listening_gain([(0, measure(mix, SAMPLE_RATE))], len(mix), SAMPLE_RATE)
    sound = Sound(mix * gain[:, None], SAMPLE_RATE)
    cues = [(t_s, text.removeprefix("cue: ")) for t_s, text in music.markers if text.startswith("cue: ")]
    lines, parts = _passages(music.lyrics, sound.duration_s), _passages(cues, sound.duration_s)
    return Playable(path.stem, sound, lines, parts, music.remarks)


def playable_of_recording(path: Path) -> Playable:
    """An audio file in whatever libsndfile reads, as stereo, at its own rate where devices know that. Raises
    MediaError."""
    from engine.media.sound_file import joined, open_sound, scaled, stereo_of
    from engine.render.audio import resample

    most = int(LONGEST_PLAYED_S * PLAY_RATE)
    with open_sound(path) as file:
        if (file.claimed or 0) > most:
            raise MediaError(f"{path} lasts {file.claimed_s / 3600:,.1f} hours; {_LONGEST}")
        parts = [stereo_of(block) for block in file.blocks(most + 1)]
        if file.frames > most:
            raise MediaError(f"{path} is longer than can be played: {_LONGEST}")
        if not parts:
            odd = "".join(f" ({remark})" for remark in file.remarks)
            raise MediaError(f"{path} holds no sound{odd}")
        rate, remarks = file.rate, tuple(file.remarks)
    samples = scaled(joined(parts))
    if rate not in _DEVICE_RATES:
        samples, rate = resample(samples, rate, PLAY_RATE), PLAY_RATE
    return Playable(path.stem, Sound(samples, rate), remarks=remarks)


def _passages(starts: Sequence[tuple[float, str]], end_s: float) -> tuple[Passage, ...]:
    """Each until the next."""
    ends = [*(t_s for t_s, _ in starts[1:]), end_s][: len(starts)]
    return tuple(Passage(t_s, max(end, t_s), text) for (t_s, text), end in zip(starts, ends, strict=True))
