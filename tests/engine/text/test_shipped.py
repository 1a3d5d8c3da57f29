"""The shipped weights, for truth: the reference line, plain feelings in both languages, both scripts."""

import pytest

from engine.text.analyze import SHIPPED, TextModel
from engine.text.lexicon import colour

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here"),
]
REFERENCE = "主人公站在悬崖边，望着远方的天空，心中充满了绝望。"


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel.load()


def test_the_reference_line_is_negative_about_eight_tenths_for_its_despair(model: TextModel) -> None:
    reading = model.read([REFERENCE], explain=True)[0]
    assert reading.polarity == "negative"
    assert reading.signed_intensity == pytest.approx(-0.8, abs=0.12)
    assert reading.keywords[0].word == "绝望"
    assert reading.keywords[0].polarity == "negative"
    assert max(reading.emotions, key=lambda name: reading.emotions[name]) == "despair"


@pytest.mark.parametrize(
    ("glad", "sore"),
    [
        ("她开心地笑了，心里暖暖的。", "她哭了一整夜，再也没有人回来。"),
        ("The whole village danced and laughed until dawn.", "He wept over his brother's grave."),
        ("終於回家了，媽媽抱著我，好幸福。", "他絕望地看著燒光的房子。"),
    ],
)
def test_gladness_reads_brighter_than_sorrow(model: TextModel, glad: str, sore: str) -> None:
    bright, dark = model.read([glad, sore], context=False)
    assert bright.valence > 0.1
    assert dark.valence < -0.1


@pytest.mark.parametrize(
    ("stirred", "still"),
    [
        ("快跑！他们追上来了！", "湖面很静，她慢慢睡着了。"),
        ("Run! They are right behind us!", "The lake lay still in the evening light."),
    ],
)
def test_alarm_reads_livelier_than_rest(model: TextModel, stirred: str, still: str) -> None:
    fast, slow = model.read([stirred, still], context=False)
    assert fast.arousal > slow.arousal + 0.3


@pytest.mark.parametrize(
    ("still", "no_longer"),
    [
        ("她害怕黑夜。", "她再也不害怕黑夜了。"),
        ("我很怕。", "再也不怕了。"),
        ("I am afraid.", "I'm not afraid any more."),
    ],
)
def test_what_is_no_longer_felt_is_not_what_is_felt(model: TextModel, still: str, no_longer: str) -> None:
    felt, gone = model.read([still, no_longer], context=False)
    assert felt.valence < 0 < gone.valence
    assert gone.valence > felt.valence + 0.25


@pytest.mark.parametrize(
    ("before", "line", "after"),
    [
        (
            "The bells rang and everyone embraced.",
            "She opened the door.",
            "There stood her son, home at last.",
        ),
        ("钟声响起，大家欢呼着拥抱在一起。", "她打开了门。", "门外站着她的儿子，他终于平安回家了。"),
    ],
)
def test_a_plain_line_takes_on_its_scene(model: TextModel, before: str, line: str, after: str) -> None:
    bright = model.read([before, line, after])[1]
    grim = {
        "She": ["The blood had run under the table.", line, "There he hung, and the chair lay on its side."],
        "她": ["血一直流到了桌子底下。", line, "他吊在梁上，椅子倒在一边。"],
    }["She" if line.startswith("She") else "她"]
    dark = model.read(grim)[1]
    assert bright.valence > dark.valence + 0.2


@pytest.mark.parametrize(
    "text",
    [
        "zhu ren gong zhan zai xuan ya bian, xin zhong chong man le jue wang",
        "Il se tenait au bord de la falaise, le cœur plein de désespoir.",
        "Он стоял на краю обрыва.",
    ],
)
def test_what_was_never_learned_is_answered_with_little_confidence(model: TextModel, text: str) -> None:
    known = model.read([REFERENCE], context=False)[0]
    assert model.read([text], context=False)[0].confidence < 0.8 * known.confidence


def test_both_scripts_of_chinese_read_alike(model: TextModel) -> None:
    simple, full = model.read(["他心里只有恐惧和愤怒。", "他心裡只有恐懼和憤怒。"], context=False)
    assert simple.valence == pytest.approx(full.valence, abs=0.15)


def test_the_weights_and_all_beside_them_stay_under_45_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 45_000_000


def test_the_lexicon_colours_both_languages() -> None:
    found = colour("心中充满了绝望, and then she was happy.")
    assert min(hue.valence for hue in found) < -0.4
    assert max(hue.valence for hue in found) > 0.4
