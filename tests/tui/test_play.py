"""Playback: what reaches the device, sample by sample, and the silent clock without one."""

import time
from typing import Any

import numpy as np

from engine.playback.player import Player, Sound

RATE = 8000


class Device:
    """A device that takes blocks when it is told to."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...

    def pull(self, frames: int) -> Any:
        out = np.full((frames, 2), 9.0, np.float32)
        self.player.fill(out)
        return out[:, 0]


def ramp(length: int, start: int = 0) -> Sound:
    """Sample k has the value start + k, so that every sample names itself."""
    line = np.arange(start, start + length, dtype=np.float32)
    return Sound(np.stack([line, line], axis=1), RATE)


def playing(sound: Sound) -> tuple[Player, Device]:
    devices: list[Device] = []

    def opened(player: Player, rate: int) -> Device:
        devices.append(Device(player))
        return devices[-1]

    player = Player(opened)
    player.load(sound)
    player.play()
    return player, devices[0]


def test_samples_come_in_order_and_silence_follows_the_end() -> None:
    player, device = playing(ramp(100))
    assert device.pull(60).tolist() == list(range(60))
    assert device.pull(60).tolist() == [*range(60, 100), *[0.0] * 20]
    assert not player.is_playing


def test_pause_gives_silence_and_keeps_the_place() -> None:
    player, device = playing(ramp(100))
    device.pull(10)
    player.pause()
    assert device.pull(5).tolist() == [0.0] * 5
    player.play()
    assert device.pull(2).tolist() == [10.0, 11.0]


def test_seek_and_position_agree() -> None:
    player, device = playing(ramp(8000))
    player.seek(0.5)
    assert player.position_s == 0.5
    assert device.pull(1)[0] == 4000


def test_a_loop_comes_round_within_a_block() -> None:
    player, device = playing(ramp(8000))
    player.loop(0.1, 0.2)
    player.seek(0.199)
    block = device.pull(16)
    assert block[:8].tolist() == list(range(1592, 1600))
    assert block[8:].tolist() == list(range(800, 808))


def test_a_new_version_enters_exactly_where_it_should() -> None:
    player, device = playing(ramp(8000))
    player.swap_at(ramp(8000, start=10_000), at_s=0.01, to_s=0.02)
    block = device.pull(400)
    assert block[:80].tolist() == list(range(80))
    assert block[-1] == 10_000 + 160 + 319  # frame 160 of the new sound stands at frame 80 of the old
    assert player.is_playing


def test_swapping_while_paused_takes_the_new_sound_at_once() -> None:
    player, device = playing(ramp(100))
    player.pause()
    player.swap_at(ramp(100, start=500), at_s=0.005, to_s=0.005)
    player.seek(0.0)
    player.play()
    assert device.pull(1)[0] == 500


def test_without_a_device_the_position_moves_and_the_reason_is_one_line() -> None:
    def broken(player: Player, rate: int) -> Any:
        raise OSError("PortAudio library not found")

    player = Player(broken)
    player.load(ramp(RATE))
    player.play()
    time.sleep(0.1)
    assert 0.05 < player.position_s < 0.9
    assert player.problem is not None
    assert "PortAudio" in player.problem
    player.pause()
    stopped = player.position_s
    time.sleep(0.03)
    assert player.position_s == stopped
