"""Harmony: cadences where phrases end, returns, styles, and that takes do not depend on their neighbours."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dsl.plan import Key, Meter
from engine.errors import WeightsError
from engine.generate.cadence import PENTATONIC, STYLES
from engine.generate.harmony import SHIPPED, HarmonyModel
from engine.generate.harmony_events import FREE, Brief
from engine.generate.harmony_plan import HarmonyPlan, request_brief
from engine.generate.request import STEPS_PER_BEAT, Chord, Request
from engine.music.intent import Intent
from engine.music.theory import CHORD_INTERVALS, chord_pitch_classes


@pytest.fixture(scope="module")
def model() -> HarmonyModel:
    return HarmonyModel.load()


def request(
    bars: int = 16, style: str = "piano", mode: str = "major", tonic: int = 0, seed: int = 1, **more: object
) -> Request:
    settings = {"tension": 0.5, "harmonic_rhythm": 0.5, "meter": Meter()} | more
    intent = Intent(
        valence=0.0, arousal=0.0, tension=settings.pop("tension"), mode=1.0 if mode == "major" else -1.0,  # type: ignore[arg-type]
        density=0.5, register=0.5, harmonic_rhythm=settings.pop("harmonic_rhythm"), dynamics=0.5,  # type: ignore[arg-type]
        articulation=0.5, brightness=0.5, tempo_bpm=100.0,
    )  # fmt: skip
    meter = settings.pop("meter")
    key = Key(tonic, mode, "C")  # type: ignore[arg-type]
    return Request(bars, meter, key, style, (intent,) * bars, seed, **settings)  # type: ignore[arg-type]


def compose(model: HarmonyModel, *requests: Request, take: int = 1) -> list[HarmonyPlan]:
    return [plans[0] for plans in model.compose(list(requests), [take])]


def sounding(plan: HarmonyPlan, step: int) -> Chord:
    return next(c for c in plan.chords if c.start <= step < c.start + c.steps)


SEEDS = range(12)


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_closing_cues_end_on_their_tonic_after_a_tension(model: HarmonyModel, style: str, mode: str) -> None:
    for plan in compose(model, *(request(12, style, mode, tonic=2, seed=seed) for seed in SEEDS)):
        assert plan.chords[-1].root == plan.chords[-1].bass == 2
        assert plan.chords[-2].root != 2


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_phrases_often_rest_on_the_dominant_but_not_all_do(model: HarmonyModel, mode: str) -> None:
    plans = compose(model, *(request(16, "piano", mode, seed=seed) for seed in range(24)))
    rests = [sounding(plan, 8 * 16 - 1).root for plan in plans]
    assert 0.2 < np.mean([root == 7 for root in rests]) < 0.8


def test_bars_differ_in_how_often_their_chords_change(model: HarmonyModel) -> None:
    plans = compose(model, *(request(16, seed=seed) for seed in range(24)))
    starts = np.concatenate(
        [np.bincount([c.start // 16 for c in p.chords], minlength=16)[1:14] for p in plans]
    )
    assert 0.1 < np.mean(starts == 0) < 0.4
    assert 0.2 < np.mean(starts >= 2) < 0.6


def test_calm_music_keeps_its_diatonic_neighbours_and_leaves_strange_chords_to_tension(
    model: HarmonyModel,
) -> None:
    def chords(tension: float) -> list[Chord]:
        asked = (request(16, "strings", tension=tension, seed=seed) for seed in range(24))
        return [chord for plan in compose(model, *asked) for chord in plan.chords]

    def strange(some: list[Chord]) -> float:
        scale = {0, 2, 4, 5, 7, 9, 11}
        return float(np.mean([not set(chord_pitch_classes(c.root, c.quality)) <= scale for c in some]))

    calm, tense = chords(0.18), chords(0.8)
    assert strange(calm) < 0.12
    assert strange(tense) > 2 * strange(calm)
    assert np.mean([(c.root, c.quality) in ((9, "min"), (4, "min"), (2, "min")) for c in calm]) > 0.1


def test_loops_lead_back_to_their_beginning(model: HarmonyModel) -> None:
    for plan in compose(model, *(request(8, loop=True, closing=False, seed=seed) for seed in range(80))):
        assert plan.chords[-1].root == 7
        assert plan.chords[0].root in (0, 9, 5)


def test_returning_phrases_bring_their_chords_back(model: HarmonyModel) -> None:
    (plan,) = compose(model, request(32))
    returns = [(bar, form.repeat_of) for bar, form in enumerate(plan.form) if form.repeat_of is not None]
    assert len(returns) >= 12
    for bar, source in returns:
        for step in range(0, 16, 4):
            here, there = sounding(plan, bar * 16 + step), sounding(plan, source * 16 + step)
            assert (here.root, here.quality, here.bass) == (there.root, there.quality, there.bass)


@pytest.mark.parametrize(
    "meter", [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(2, 4), Meter(5, 4), Meter(7, 8)]
)
@pytest.mark.parametrize("bars", [1, 2, 3, 7, 33])
def test_chords_cover_every_metre_without_gaps(model: HarmonyModel, meter: Meter, bars: int) -> None:
    (plan,) = compose(model, request(bars, meter=meter))
    at = 0
    for chord in plan.chords:
        assert chord.start == at
        assert chord.steps > 0
        at += chord.steps
    assert at == round(bars * meter.beats_per_bar * STEPS_PER_BEAT)


def test_a_take_depends_on_seed_and_number_alone(model: HarmonyModel) -> None:
    asked = request(24, "noir", "minor", seed=5)
    alone = model.compose([asked], [3])[0][0]
    crowd = model.compose([request(40, "epic", seed=9), asked, request(5)], [1, 2, 3, 4])
    assert crowd[1][2] == alone
    assert crowd[1][1] != alone
    assert model.compose([replace(asked, seed=6)], [3])[0][0] != alone


def test_transposing_the_key_transposes_the_chords(model: HarmonyModel) -> None:
    low, high = compose(model, request(tonic=0), request(tonic=5))
    assert [(c.start, (c.root + 5) % 12, c.quality) for c in low.chords] == [
        (c.start, c.root, c.quality) for c in high.chords
    ]


def test_guofeng_stays_near_the_five_tones_and_has_no_leading_dominant(model: HarmonyModel) -> None:
    def outside(style: str, mode: str) -> float:
        scale = set(PENTATONIC[mode == "minor"])
        tones = [
            pc in scale
            for plan in compose(model, *(request(16, style, mode, seed=s) for s in SEEDS))
            for chord in plan.chords
            for pc in chord_pitch_classes(chord.root, chord.quality)
        ]
        return 1 - float(np.mean(tones))

    for mode in ("major", "minor"):
        assert outside("guofeng", mode) < 0.08
        assert outside("guofeng", mode) < 0.5 * outside("piano", mode)
    plans = compose(model, *(request(16, "guofeng", seed=s) for s in SEEDS))
    assert all(chord.quality != "7" for plan in plans for chord in plan.chords)


def test_noir_is_rich_in_sevenths_and_epic_in_modal_triads(model: HarmonyModel) -> None:
    def share(style: str, test: object) -> float:
        plans = compose(model, *(request(16, style, "minor", seed=s) for s in SEEDS))
        return float(np.mean([test(c) for plan in plans for c in plan.chords]))  # type: ignore[operator]

    def seventh(chord: Chord) -> bool:
        return len(CHORD_INTERVALS[chord.quality]) == 4

    def modal(chord: Chord) -> bool:
        return (chord.root, chord.quality) in ((0, "min"), (8, "maj"), (3, "maj"), (10, "maj"))

    assert share("noir", seventh) > 0.5
    assert share("epic", seventh) < 0.1
    assert share("epic", modal) > 0.6


def test_harmonic_rhythm_and_tension_follow_what_is_asked(model: HarmonyModel) -> None:
    def changes(rhythm: float) -> float:
        plans = compose(model, *(request(16, harmonic_rhythm=rhythm, seed=s) for s in SEEDS))
        return float(np.mean([len(plan.chords) for plan in plans]))

    assert changes(0.05) < changes(0.5) < changes(0.95)

    def colour(tension: float) -> float:
        plans = compose(model, *(request(16, "strings", tension=tension, seed=s) for s in SEEDS))
        return float(np.mean([c.root in (0, 5, 7) for plan in plans for c in plan.chords]))

    assert colour(0.02) > colour(0.98) + 0.05


def test_given_chords_are_kept(model: HarmonyModel) -> None:
    asked = request(8)
    given = np.full((8, 4, 3), FREE, dtype=np.int8)
    given[2] = (10, 0, 10)
    given[3] = (3, 7, 7)
    brief: Brief = replace(request_brief(asked, 1), given=given)
    (table,) = model.write([brief])
    assert (table[2] == (10, 0, 10)).all()
    assert (table[3] == (3, 7, 7)).all()


def test_nothing_asked_is_nothing_written(model: HarmonyModel) -> None:
    assert model.write([]) == []
    assert model.compose([], [1]) == []


def test_damaged_and_foreign_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nowhere"):
        HarmonyModel.load(tmp_path / "nowhere")
    folder = tmp_path / "broken"
    shutil.copytree(SHIPPED, folder)
    content = (folder / "harmony.safetensors").read_bytes()
    (folder / "harmony.safetensors").write_bytes(content[: len(content) // 2])
    with pytest.raises(WeightsError, match="broken"):
        HarmonyModel.load(folder)
    foreign = tmp_path / "foreign"
    shutil.copytree(SHIPPED, foreign)
    (foreign / "config.json").write_text('{"format": "other"}', encoding="utf-8")
    with pytest.raises(WeightsError, match="not a harmony model"):
        HarmonyModel.load(foreign)
