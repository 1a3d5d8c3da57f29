"""A score for a game, composed once for all its tests: odd metres, a loop of one bar, a cue that nobody
plays, two cues of one title with a slash in it, one called by a picture alone."""

from functools import cache
from pathlib import Path

from dsl.score_file import plan_source
from engine.composition import Composition
from engine.models import Models
from engine.pipeline import compose
from engine.render.game.folder import GameFolder, GameSound, game_folder
from engine.render.synthesiser import Synthesiser

TEXT = """title: Tower
seed: 5
style: orchestra
---
@motif rope = [E5:0.5 G5:0.5 B5:2]
@motif drawn = seed 12
# L1 Explore
@loop
@bars 3
@meter 3/4
@tempo 150
@layers 3
@key D minor
@transition segue to=L2
@transition crossfade 1s to="🎮"
@transition button to="Cave/Door"
{hit door} Dust. {hit door}
# L2
@loop
@bars 1
@meter 7/8
@tempo 180
@layers 2
@key F# minor
@transition ring-out to=L1
# Cave/Door
@bars 2
@tempo 160
@layers 2
@mute melody counter chords bass drums
@transition button to=L1
# Cave/Door
@bars 2
@tempo 120..160
@layers 8
@style piano
# 🎮
@bars 1
@tempo 160
@transition cut to=L2
"""
BUILT_IN = Synthesiser("built-in", "", None)
"""Sound that needs no font and no process of its own."""
RATE = 44_100


@cache
def composed() -> Composition:
    loaded = plan_source(TEXT, Path("tower.score"))
    assert loaded.plan is not None, loaded.findings
    return compose(loaded.plan, Models("cpu", "debug"), takes=1)


@cache
def folder(bits: int = 16) -> GameFolder:
    return game_folder(composed(), "tower", GameSound(BUILT_IN, 40, RATE, bits))
