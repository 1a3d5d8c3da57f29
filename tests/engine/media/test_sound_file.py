"""Recordings as they come: streamed, cut off, lying about themselves, out of phase, off centre."""

import random
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import MediaError
from engine.hear.recording import RATE, Recording, from_samples, read_recording
from engine.playback.playable import playable_of_recording
from engine.render.audio import resample
from tests.engine.media.midi_bytes import attempt

SECONDS = 3.0


def tone(rate: int = RATE, seconds: float = SECONDS, hz: float = 330.0) -> np.ndarray:
    """One channel [n, 1], swelling."""
    t = np.arange(round(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * hz * t) * (0.3 + 0.7 * t / seconds)).astype(np.float32)[:, None]


def wav(path: Path, samples: np.ndarray, rate: int = RATE, subtype: str = "PCM_16") -> bytes:
    soundfile.write(path, samples, rate, subtype=subtype, format="WAV")
    return path.read_bytes()


def alike(one: Recording, other: Recording) -> float:
    """Correlation of two recordings of one length, −1…1."""
    assert len(one.samples) == len(other.samples)
    return float(np.corrcoef(one.samples, other.samples)[0, 1])


# ---------------------------------------------------------------------------------------------- what is heard


@pytest.mark.parametrize("channels", [[1, -1], [1, -0.9], [1, -1, 0, 0, 0, 0], [0.5, 0.5, -1]])
def test_channels_that_swing_against_each_other_are_heard(channels: list[float]) -> None:
    mono, spread = from_samples(tone(), RATE), from_samples(tone() * np.float32(channels), RATE)
    assert abs(alike(mono, spread)) > 0.999
    assert np.abs(spread.samples).max() > 0.1


def test_ordinary_stereo_is_the_mean_of_its_channels_to_the_last_bit() -> None:
    both = np.column_stack([tone()[:, 0], tone(hz=521.0)[:, 0]])
    assert np.array_equal(from_samples(both, RATE).samples, both.mean(axis=1, dtype=np.float32))
    one_side = np.column_stack([tone()[:, 0], np.zeros(len(tone()), np.float32)])
    assert np.array_equal(from_samples(one_side, RATE).samples, one_side.mean(axis=1, dtype=np.float32))


def test_an_offset_in_one_channel_does_not_turn_the_other_round() -> None:
    music = tone() * np.float32([1, 1]) + np.float32([0.5, -0.5])
    assert alike(from_samples(tone(), RATE), from_samples(music, RATE)) > 0.99


@pytest.mark.parametrize("offset", [0.5, -0.9, 0.002])
def test_a_constant_is_silence(offset: float) -> None:
    still = from_samples(np.full((3 * RATE, 1), offset, np.float32), RATE)
    assert np.abs(still.samples).max() < 1e-5


def test_music_on_an_offset_is_heard_as_without_it() -> None:
    plain, lifted = from_samples(tone(), RATE), from_samples(tone() + np.float32(0.4), RATE)
    assert alike(plain, lifted) > 0.99
    assert abs(float(lifted.samples.mean())) < 1e-3


def test_deep_notes_are_no_offset() -> None:
    deep = tone(hz=32.7)
    assert np.array_equal(from_samples(deep, RATE).samples, deep[:, 0])


def test_what_is_no_number_is_silence_and_other_scales_are_brought_to_ours() -> None:
    broken = tone()
    broken[100:200] = np.nan
    broken[300] = np.inf
    heard = from_samples(broken, RATE).samples
    assert np.isfinite(heard).all()
    assert not heard[100:200].any()
    as_integers = from_samples(tone() * np.float32(32767), RATE)
    assert np.abs(as_integers.samples).max() == pytest.approx(1.0)
    assert alike(as_integers, from_samples(tone(), RATE)) > 0.999


# ---------------------------------------------------------------------------------- headers and what is there


@pytest.mark.parametrize(
    ("riff", "data"), [(0, 0), (None, 0), (0xFFFFFFFF, 0xFFFFFFFF), (0, None), (0x7FFFFFFF, 0x7FFFFFDB)]
)
def test_a_streamed_wav_is_heard_whole(tmp_path: Path, riff: int | None, data: int | None) -> None:
    path = tmp_path / "stream.wav"
    content = bytearray(wav(path, tone()))
    at = content.index(b"data")
    for place, size in ((4, riff), (at + 4, data)):
        if size is not None:
            content[place : place + 4] = struct.pack("<L", size)
    whole = read_recording(path)
    path.write_bytes(content)
    heard = read_recording(path)
    assert heard.length_s == pytest.approx(SECONDS)
    assert np.array_equal(heard.samples, whole.samples)
    assert (len(heard.remarks) == 1) is (data == 0)
    assert playable_of_recording(path).sound.duration_s == pytest.approx(SECONDS)


def test_a_wav_that_is_empty_in_truth_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    content = wav(path, np.zeros((0, 1)))
    for more in (b"", b"LIST\x04\0\0\0INFO"):
        path.write_bytes(content + more)
        with pytest.raises(MediaError, match=r"empty\.wav is shorter than 1 s"):
            read_recording(path)
        with pytest.raises(MediaError, match=r"empty\.wav holds no sound"):
            playable_of_recording(path)


def test_a_streamed_flac_that_names_no_length_is_heard_whole(tmp_path: Path) -> None:
    path = tmp_path / "stream.flac"
    soundfile.write(path, tone(), RATE)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0
    content[22:26] = b"\0\0\0\0"
    path.write_bytes(content)
    assert read_recording(path).length_s == pytest.approx(SECONDS)
    assert playable_of_recording(path).sound.duration_s == pytest.approx(SECONDS)


@pytest.mark.parametrize("kind", ["mp3", "flac", "wav", "aiff"])
def test_what_breaks_off_has_the_length_that_is_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"cut.{kind}"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.5, 0.5, (12 * RATE, 2)), RATE)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    heard = read_recording(path)
    assert heard.length_s == pytest.approx(6.0, abs=1.5)
    assert heard.length_s == pytest.approx(heard.heard_s)
    assert playable_of_recording(path).sound.duration_s == pytest.approx(heard.length_s)
    if kind == "wav":
        assert [
            remark for remark in heard.remarks if "breaks off after 0:06.0, its header says 0:12.0" in remark
        ]
    else:
        assert [remark for remark in heard.remarks if "breaks off after 0:0" in remark]


def test_a_whole_mp3_is_not_said_to_break_off(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "whole.mp3", tone(), RATE)
    assert read_recording(tmp_path / "whole.mp3").remarks == ()


def test_only_the_beginning_of_a_long_recording_is_heard_and_its_length_is_known(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    soundfile.write(path, np.zeros((700 * 8000, 1), np.int16), 8000)
    heard = read_recording(path)
    assert heard.heard_s == pytest.approx(600.0)
    assert heard.length_s == pytest.approx(700.0)


@pytest.mark.parametrize(
    ("rate", "channels", "said"),
    [(2**31 - 1, 2, "samples a second"), (1, 1, "samples a second"), (RATE, 500, "500 channels")],
)
def test_absurd_headers_are_refused_before_anything_is_read(
    tmp_path: Path, rate: int, channels: int, said: str
) -> None:
    path = tmp_path / "absurd.wav"
    content = bytearray(wav(path, np.zeros((40, channels), np.float32)))
    at = content.index(b"fmt ")
    content[at + 12 : at + 16] = struct.pack("<L", rate)
    path.write_bytes(content)
    for read in (read_recording, playable_of_recording):
        with pytest.raises(MediaError, match=said) as raised:
            read(path)
        assert str(path) in str(raised.value)


def test_a_recording_of_hours_is_refused_by_its_header_before_it_is_played(tmp_path: Path) -> None:
    path = tmp_path / "hours.flac"
    soundfile.write(path, tone(), RATE)
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F
    content[22:26] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    with pytest.raises(MediaError, match="hours; at most 3 hours at 48 kHz are played"):
        playable_of_recording(path)


@pytest.mark.parametrize("rate", [7_919, 44_056, 384_000, 767_957])
def test_any_rate_within_reason_is_heard_and_played(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "odd.wav"
    wav(path, tone(rate, 1.2), rate)
    assert read_recording(path).heard_s == pytest.approx(1.2, abs=0.01)
    sound = playable_of_recording(path).sound
    assert (sound.rate, sound.samples.shape) == (48_000, (pytest.approx(1.2 * 48_000, abs=4), 2))
    spectrum = np.abs(np.fft.rfft(sound.samples[:48_000, 0]))
    assert int(spectrum.argmax()) == pytest.approx(330, abs=1)


def test_usual_rates_are_changed_by_their_exact_ratio() -> None:
    for rate, count in ((44_100, 22_050), (48_000, 22_050), (96_000, 22_050), (11_025, 22_050)):
        assert len(resample(np.zeros(rate, np.float32), rate, RATE)) == count


def test_a_format_that_cannot_be_wound_back_is_played(tmp_path: Path) -> None:
    path = tmp_path / "phone.wav"
    wav(path, tone(8000), 8000, "GSM610")
    sound = playable_of_recording(path).sound
    assert sound.duration_s == pytest.approx(SECONDS, abs=0.05)
    assert sound.samples.shape[1] == 2


def test_pipes_and_folders_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no file that could be read"):
        read_recording(tmp_path)
    with pytest.raises(MediaError, match=r"none\.wav: No such file"):
        read_recording(tmp_path / "none.wav")


@pytest.mark.parametrize("channels", [3, 4, 5, 6, 7, 8, 12, 32])
def test_of_many_channels_each_is_played_on_its_side_and_none_too_loud(tmp_path: Path, channels: int) -> None:
    low_effects, middle = {6: 3, 7: 3, 8: 3}.get(channels), {4: (), 7: (2, 4)}.get(channels, (2,))
    for alone in range(channels):
        own = np.zeros((RATE // 2, channels), np.float32)
        own[:, alone] = tone()[: RATE // 2, 0] / 0.4
        wav(tmp_path / "many.wav", own, subtype="FLOAT")
        left, right = np.abs(playable_of_recording(tmp_path / "many.wav").sound.samples).max(axis=0)
        if alone == low_effects:
            assert (left, right) == (0.0, 0.0)
        elif alone in middle and channels < 12:
            assert left == right > 0.02
        else:
            assert (left > 0.01) != (right > 0.01)
    wav(tmp_path / "many.wav", np.ones((RATE // 2, channels), np.float32), subtype="FLOAT")
    assert np.abs(playable_of_recording(tmp_path / "many.wav").sound.samples).max() == pytest.approx(1.0)


# ------------------------------------------------------------------------------------ WAV files of all kinds


def chunked(*chunks: tuple[bytes, bytes], form: bytes = b"RIFF", pad: bool = True) -> bytes:
    """A WAV file of named chunks, in this order."""
    body = b"".join(
        name + struct.pack("<L", len(said)) + said + b"\0" * (len(said) % 2 if pad else 0)
        for name, said in chunks
    )
    return form + struct.pack("<L", len(body) + 4) + b"WAVE" + body


PCM = (tone()[:, 0] * 32767).astype("<i2").tobytes()
FORMAT = struct.pack("<HHLLHH", 1, 1, RATE, 2 * RATE, 2, 16)
FMT, DATA = (b"fmt ", FORMAT), (b"data", PCM)
EMPTY64 = (b"ds64", struct.pack("<QQQL", 0, 0, 0, 0))
FULL64 = (b"ds64", struct.pack("<QQQL", len(PCM) + 72, len(PCM), len(PCM) // 2, 0))
UNSAID = b"data" + struct.pack("<L", 0xFFFFFFFF) + PCM

WAVS: dict[str, tuple[bytes, str]] = {
    "an RF64 that was streamed": (chunked(EMPTY64, FMT, form=b"RF64") + UNSAID, "as streams do"),
    "a BW64": (chunked(FULL64, FMT, form=b"BW64") + UNSAID, ""),
    "an RF64 without its sizes": (chunked(FMT, form=b"RF64") + UNSAID, "header is wrong"),
    "sound before its format": (chunked(DATA, FMT), "header is wrong"),
    "sound in two places": (chunked(FMT, DATA, DATA), "header is wrong"),
    "an odd chunk without padding": (chunked((b"JUNK", b"abc"), FMT, DATA, pad=False), "header is wrong"),
    "an odd chunk with padding": (chunked((b"bext", b"\0" * 603), FMT, DATA), ""),
    "a list of names before the format": (chunked((b"LIST", b"INFOISFT\x04\0\0\0abcd"), FMT, DATA), ""),
    "text behind": (chunked(FMT, DATA) + b"some text\n" * 9, ""),
    "a loop beyond its end": (chunked(FMT, DATA, (b"smpl", b"\xff" * 60)), ""),
    "cue points beyond all measure": (chunked(FMT, DATA, (b"cue ", b"\xff" * 4)), ""),
}


@pytest.mark.parametrize("what", WAVS)
def test_a_wav_is_heard_whole_however_its_chunks_lie(tmp_path: Path, what: str) -> None:
    content, remark = WAVS[what]
    path = tmp_path / "odd.wav"
    path.write_bytes(content)
    heard, played = read_recording(path), playable_of_recording(path)
    assert np.array_equal(heard.samples, (np.frombuffer(PCM, "<i2") / 32768).astype(np.float32))
    assert played.sound.duration_s == pytest.approx(SECONDS)
    assert heard.remarks == played.remarks
    assert [one for one in heard.remarks if remark in one] == list(heard.remarks)
    assert len(heard.remarks) == (1 if remark else 0)


# -------------------------------------------------------------------------------------------------------- MP3


def test_libraries_tell_the_terminal_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.mp3"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.5, 0.5, 4 * RATE), RATE)
    content = path.read_bytes()
    for data in (content[: len(content) // 2], content[:200], b"<p>" * 50, b"\xaa" * 90_000):
        path.write_bytes(data)
        attempt(read_recording, path)
    assert capfd.readouterr().err == ""


def test_a_picture_before_an_mp3_makes_it_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "cover.mp3"
    soundfile.write(path, tone(44_100, 4.0), 44_100, bitrate_mode="CONSTANT")
    whole = path.read_bytes()
    sound = whole[whole.index(b"\xff\xfb", 2) :]  # without the frame that counts the frames
    assert b"Xing" not in sound
    path.write_bytes(b"ID3\3\0\0\0\x10\0\0" + b"\0" * (16 << 14) + sound)
    heard = read_recording(path)
    assert heard.length_s == pytest.approx(4.0, abs=0.15)
    assert heard.remarks == ()


# --------------------------------------------------------------------------------------- what it is otherwise


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "it is empty"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk", r"a MIDI file \(\.mid\): give it that ending"),
        (b"\0\0\0\x1cftypM4A \0\0\2\0", r"M4A file .*: ffmpeg -i FILE sound\.wav makes a WAV"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
        (b"\x1f\x8b\x08\0", r"gzip\): unpack it first"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"fLaC", "begins as a FLAC recording does, but is damaged"),
        (b"\0" * 4000, "nothing but zeros"),
        (b"Dear all,\n", "none of the formats that are read: WAV, AIFF, FLAC"),
        (b"ID3\4\0\0\0\0\0\0", "begins as an MP3 recording does"),
    ],
)
@pytest.mark.parametrize("ending", ["wav", "mp3"])
def test_what_is_no_recording_is_called_by_its_kind(
    tmp_path: Path, head: bytes, said: str, ending: str
) -> None:
    path = tmp_path / f"named.{ending}"
    path.write_bytes(head)
    for read in (read_recording, playable_of_recording):
        with pytest.raises(MediaError, match=said) as raised:
            read(path)
        assert str(path) in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell its memory")
def test_a_long_recording_is_not_held_twice(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    seconds, rate = 240, 96_000
    soundfile.write(path, np.zeros((seconds * rate, 1), np.int16), rate)
    program = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from engine.playback.playable import playable_of_recording\n"
        "most = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "before = most()\n"
        "sound = playable_of_recording(Path(sys.argv[1])).sound\n"
        "print((most() - before) * 1024 / sound.samples.nbytes)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.5


# -------------------------------------------------------------------------------------------------- mutations


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_mutated_recordings_are_heard_and_played_or_refused_in_a_line(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(7)
    whole = tmp_path / f"whole.{kind}"
    soundfile.write(whole, np.repeat(tone(8000, 1.5), 2, axis=1), 8000)
    content = whole.read_bytes()
    path = tmp_path / f"mutated.{kind}"
    done = 0
    for _ in range(40):
        data = bytearray(content)
        for _ in range(chance.randint(1, 5)):
            # Headers are where it hurts.
            at = chance.randrange(min(len(data), 80 if chance.random() < 0.8 else len(data)))
            data[at] = chance.choice((0, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        path.write_bytes(data[: chance.choice((len(data), len(data), len(data) // 2, 60))])
        for read in (read_recording, playable_of_recording):
            found = attempt(read, path)
            if isinstance(found, str):
                assert str(path) in found
                assert len(found.splitlines()) == 1
                continue
            done += 1
            samples = found.samples if isinstance(found, Recording) else found.sound.samples
            assert np.isfinite(samples).all()
    assert capfd.readouterr().err == ""  # though libmpg123 has much to say
    assert done > 5 or kind == "ogg"  # whose pages have checksums
