"""The wires of `melodrama live`: OSC and a MIDI port, from the command line to outputs."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.cli.console import say

if TYPE_CHECKING:
    from engine.live.events import KnownNames, LiveEvent
    from engine.live.outputs import LiveOutput


def add_wires(parser: argparse.ArgumentParser) -> None:
    """What the command line says of wires."""
    parser.add_argument(
        "--osc", type=int, metavar="PORT", help="hear OSC at this UDP port (0: a free one) and answer there"
    )
    parser.add_argument(
        "--osc-host",
        default="127.0.0.1",
        metavar="HOST",
        help="listen at this address instead of this machine alone",
    )
    parser.add_argument(
        "--midi-out",
        metavar="NAME",
        help="play through this MIDI port, with its clock; a part of its name will do",
    )


def open_wires(
    arguments: argparse.Namespace, known: "KnownNames", tell: Callable[[str], None]
) -> "tuple[list[LiveOutput], Callable[[Callable[[LiveEvent], None]], None]]":
    """(the outputs that were asked for, what is to be called with whoever takes events). Raises DeviceError
    for a port that cannot be had; nothing is left open then."""
    found: list[LiveOutput] = []
    if arguments.midi_out is not None:
        from engine.live.midi_out import MidiWire

        found.append(MidiWire(arguments.midi_out, tell))
    if arguments.osc is None:
        return found, lambda hear: None
    from engine.errors import DeviceError
    from engine.live.osc import OscWire

    try:
        wire = OscWire(arguments.osc, tell, known, arguments.osc_host)
    except DeviceError:
        for output in found:
            output.close()
        raise
    say(wire.where)
    return [*found, wire], wire.listen
