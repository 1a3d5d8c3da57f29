"""Models that remember, as the workstation has them: the music is that of models that do not, as `render` has
them."""

from pathlib import Path

from dsl.check import check_source
from dsl.plan import Meter, Plan
from dsl.planner import plan_document
from engine.composition import Composition
from engine.generate.remembered import RememberingGenerator
from engine.generate.sampling import Generator
from engine.live.compose import LiveComposer
from engine.live.passage import PassageOrder
from engine.match.note_recogniser import NoteRecogniser
from engine.match.remembered import RememberingRecogniser
from engine.models import Models
from engine.pipeline import compose

STORY = """style: {style}
seed: 11
---
# 1 The cliff
He stood at the edge, and the wind came up. {{hit}}
She wept. Everything was lost.
# 2 Home
They laughed and danced all night, happy and free.
"""


def plan_of(text: str) -> Plan:
    return plan_document(check_source(text).document, Path())


def music(one: Composition) -> list[object]:
    notes = [(track.name, track.notes) for track in one.score.tracks]
    return [notes, [(report.take, report.match) for report in one.cues], one.take_matches]


def test_the_workstation_makes_the_music_that_render_makes() -> None:
    remembering = Models("cpu", "debug", remembers=True)
    for style in ("strings", "piano", "strings"):
        text = STORY.format(style=style)
        for edited in (text, text.replace("wept", "laughed")):
            rendered = compose(plan_of(edited), Models("cpu", "debug"), 3)
            assert music(compose(plan_of(edited), remembering, 3)) == music(rendered)


def test_the_shipped_ones_do_so_too() -> None:
    plan = plan_of("style: strings\nseed: 11\n---\n# 1 The cliff\nHe wept.\n")
    rendered = compose(plan, Models("cpu"), 2)
    remembering = Models("cpu", remembers=True)
    compose(plan, remembering, 1)  # one take is known, the other is not
    assert music(compose(plan, remembering, 2)) == music(rendered)


def test_a_model_that_remembers_has_all_that_the_other_has() -> None:
    generator, recogniser = Generator.load("debug"), NoteRecogniser.load("debug")
    assert vars(RememberingGenerator(generator)).items() >= vars(generator).items()
    assert vars(RememberingRecogniser(recogniser)).items() >= vars(recogniser).items()


def test_music_that_never_comes_again_is_made_with_them_and_not_kept() -> None:
    models = Models("cpu", "debug", remembers=True)
    plan = plan_of(STORY.format(style="piano"))
    compose(plan, models, 2)
    kept = [len(one) for one in (models.generator._takes, models.recogniser._heard, models.memory._known)]  # type: ignore[attr-defined]
    assert min(kept) > 0
    live = models.forgetting()
    composer, other = LiveComposer(plan, live), LiveComposer(plan, models)
    orders = [
        PassageOrder(
            bars=4, seed=seed, takes=2, style="piano", meter=Meter(4, 4), key=None, tempo=(90.0, 90.0)
        )
        for seed in range(20)
    ]
    passages = [composer.write(order) for order in orders]
    assert kept == [
        len(one)
        for one in (models.generator._takes, models.recogniser._heard, models.memory._known)  # type: ignore[attr-defined]
    ]
    assert len(live.memory._known) <= 8
    assert passages[0].tracks == other.write(orders[0]).tracks
