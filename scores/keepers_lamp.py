"""The keeper's lamp: a text adventure of five rooms, scored while it is played.

    python scores/keepers_lamp.py               starts `melodrama live` beside it, and plays
    python scores/keepers_lamp.py --port 9000   plays through the one that listens there (0: no music)

What is told is read by the music (`/melodrama/text`), rooms are its states, the hour is its intensity.
"""

import argparse
import contextlib
import socket
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path

WORLD = """shore | Shore | in kitchen |
Rain drives in from a black sea. The lighthouse is dark. Far out, the night ferry; your sister is on it.
kitchen | House | out shore, down cellar, up stairs | logbook, matches
A kettle, still warm. The keeper's chair lies on its back. A drawer, a logbook; steps lead down, and up.
cellar | Cellar | up kitchen | oil
Water to your knees, and it is rising. In your match's light an oil can knocks against the wall, again, again.
stairs | Stairs | down kitchen, up lamp-room | key
The keeper lies on the steps. He breathes. His hand is closed round a key.
lamp-room | Stairs | down stairs |
Glass on all sides and the storm behind it. The great lamp is cold and dry."""
ROOMS, TURNS, lines = {}, 16, WORLD.split("\n")
for head, words in zip(lines[::2], lines[1::2], strict=True):
    name, state, ways, things = (part.strip() for part in head.split("|"))
    ROOMS[name] = (
        state,
        words,
        dict(way.split() for way in ways.split(", ")),
        set(things.split(", ")) - {""},
    )
MATCHES = "In the drawer a box of matches. Five are left, and dry."
LOG = "The last page: “She sings below the rocks. I put out the lamp, that she may let me sleep.”"
OIL = "You have the oil. Something else goes on knocking."
KEY = "“Light it,” he whispers. “Whatever you hear.”"
TAKEN = {"matches": MATCHES, "logbook": LOG, "oil": OIL, "key": KEY}
WON = "The flame takes. The beam goes out over the water, and the singing stops. The ship turns."
LOST = "The horn breaks off. Then iron, on stone. In the silence someone sings."
FLOOD = "You can count the ferry's windows now. Below you the sea breaks into the cellar."
HORN = "A horn, close by. Somebody out there has seen the rocks."
NEARER = {5: "The ferry has come round the point.", 9: FLOOD, 13: HORN, TURNS: LOST}
SAID = "n=in s=out u=up d=down l=look read=take get=take grab=take open=take search=take talk=take ask=take"
SAID += " light=use fill=use i=have listen=wait q=quit drawer=matches keeper=key can=oil the= to= go="
MEANT = dict(pair.split("=") for pair in SAID.split())
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def send(port, address, *values):
    """One OSC message; where nobody listens, nothing happens."""
    tags = "," + "".join("s" if isinstance(value, str) else "f" for value in values)
    packet = b""
    for part in (f"/melodrama/{address}", tags, *values):
        data = part.encode() if isinstance(part, str) else struct.pack(">f", part)
        packet += data + b"\0" * ((4 - len(data) % 4) if isinstance(part, str) else 0)
    with contextlib.suppress(OSError):
        wire.sendto(packet, ("127.0.0.1", port)) if port else None


class Game:
    def __init__(self, port):
        self.port, self.room, self.has, self.turn, self.over = port, None, set(), 0, False
        self.go("shore")

    def say(self, words, reads=True):
        print(textwrap.fill(words, 76))
        if reads:
            send(self.port, "text", words)

    def go(self, room):
        state, words, exits, _ = ROOMS[room]
        if self.room is None or state != ROOMS[self.room][0]:
            send(self.port, "state", state)
        self.room = room
        self.say(words)
        self.say(f"({room}; ways: {', '.join(exits)})", reads=False)

    def do(self, line):
        verb, thing, *_ = [*filter(None, (MEANT.get(word, word) for word in line.lower().split())), "", ""]
        _, look, exits, things = ROOMS[self.room]
        to, here = exits.get(verb), things - self.has
        self.turn += 1
        send(self.port, "intensity", min(0.3 + 0.7 * self.turn / TURNS, 1.0))
        if to == "lamp-room" and "key" not in self.has:
            self.say("An iron door, locked. Behind it the wind sings; or somebody does.")
        elif to == "cellar" and "matches" not in self.has:
            self.say("It is too dark down there, and you hear water.")
        elif to == "cellar" and self.turn >= 9:
            self.say("The steps end in black water. Whatever was down there is the sea's now.")
        elif to:
            self.go(to)
        elif verb == "take" and (thing in here or (len(here) == 1 and thing not in TAKEN)):
            thing = thing if thing in here else min(here)
            self.has.add(thing)
            send(self.port, *(("hit",) if thing in ("matches", "oil") else ("motif", "lamp")))
            self.say(TAKEN[thing])
        elif verb == "use" and self.room == "lamp-room":
            lacking, self.over = {"oil", "matches"} - self.has, {"oil", "matches"} <= self.has
            self.say(f"You have no {min(lacking)}. The singing is very near." if lacking else WON)
            send(self.port, "state", "Light" if self.over else "Stairs")  # its own feeling, not the words'
        elif verb in ("wait", "quit"):
            self.over = verb == "quit"
            self.say("You wait for the morning." if self.over else "Under the wind there is a voice.")
        elif verb in ("look", "have"):
            self.say(look if verb == "look" else f"You have {', '.join(self.has) or 'wet clothes'}.", False)
        else:
            self.say("Try: in, out, up, down, look, take THING, use lamp, wait, have, quit.", False)
        if not self.over and self.turn in NEARER:
            self.over = self.turn == TURNS
            self.say(NEARER[self.turn])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, help="where melodrama live listens; 0: no music")
    port, live = parser.parse_args().port, None
    if port is None:
        port, score = 9331, Path(__file__).with_name("keepers-lamp.score")
        words = [sys.executable, "-m", "melodrama", "live", str(score), "--osc", str(port), "--quiet"]
        live = subprocess.Popen(words, stdin=subprocess.DEVNULL)
        wire.settimeout(0.5)
        while live.poll() is None and not heard_by(port):
            time.sleep(0.5)
    with contextlib.suppress(KeyboardInterrupt):
        game = Game(port)
        while not game.over:
            print(f"\n{'●' * game.turn}{'○' * (TURNS - game.turn)} ", end="", flush=True)
            game.do(sys.stdin.readline() or "quit")
        print("[Enter ends the music]")
        sys.stdin.readline()
    send(port, "stop")
    if live:
        live.wait(30)


def heard_by(port):
    send(port, "reply")
    with contextlib.suppress(OSError):
        return bool(wire.recv(4096))


if __name__ == "__main__":
    main()
