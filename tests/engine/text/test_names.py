"""Names that are words of feeling: told from the feeling, in both languages, and read as plain names."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.check import check_source
from dsl.planner import plan_document
from engine.models import Models
from engine.pipeline import analyse
from engine.text.analyze import SHIPPED, TextModel
from engine.text.names import CHINESE, ENGLISH, STAND_IN, STAND_IN_ZH, names_of_feeling, with_plain_names


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["Miss Grace Hill came late."], "Grace"),
        (["There was a cook named Hope."], "Hope"),
        (["It was Faith, miss!"], "Faith"),
        (["Joy Mackie kept the pawnshop.", "Joy went through his pockets."], "Joy"),
        (["Joy shrugged and poured the tea."], "Joy"),
        (["“Sit down, Patience,” he said."], "Patience"),
        (["Grace was crying again."], "Grace"),
        (["村里的会计姓高，叫高兴。"], "高兴"),
        (["高兴先生今天上班。"], "高兴"),
        (["她名叫安宁。"], "安宁"),
        (["刀客姓常，名笑。", "常笑来了。"], "常笑"),
        (["乐乐是隔壁养的狗。"], "乐乐"),
        (["开心把门关上了。"], "开心"),
        (["平安说：“我不去。”"], "平安"),
        (["幸福奶奶住在三楼。"], "幸福"),
    ],
)
def test_what_a_text_shows_to_be_a_name_is_one(texts: list[str], name: str) -> None:
    assert names_of_feeling(texts) == {name}


@pytest.mark.parametrize(
    "text",
    [
        "Joy filled the house.",
        "Hope died that winter.",
        "Hope is the thing with feathers.",
        "Grace came to him at last.",
        "There was no Hope, and no Joy.",
        "Merry Christmas!",
        "Happy New Year to you all!",
        "THE JOY OF COOKING",
        "The Hope of All the World",
        "It was a joy, a hope, a mercy.",
        "他很高兴。",
        "高兴得跳了起来。",
        "高兴地说：“好！”",
        "那叫高兴！",
        "这才叫幸福，",
        "真叫高兴。",
        "她心里满是安宁。",
        "祝你平安、快乐。",
        "莫愁前路无知己。",
        "静静地坐着。",
    ],
)
def test_a_feeling_is_not_taken_for_a_name(text: str) -> None:
    assert names_of_feeling([text]) == frozenset()


@pytest.mark.parametrize(
    ("speaker", "name"),
    [
        ("Joy", "Joy"),
        ("GRACE", "Grace"),
        ("Old Joy", "Joy"),
        ("Despair", "Despair"),
        ("高兴", "高兴"),
        ("老常笑", "常笑"),
    ],
)
def test_who_speaks_is_a_name_wherever_it_stands(speaker: str, name: str) -> None:
    assert names_of_feeling(["He came."], [None, "", speaker]) == {name}
    said = f"{name} came in." if name.isascii() else f"{name}推门进来。"
    assert name not in with_plain_names(said, {name})


@pytest.mark.parametrize(
    ("text", "names", "plain"),
    [
        ("Joy's hat, and Joy in it.", {"Joy"}, "Robin's hat, and Robin in it."),
        ("Joyful, joy, enjoy: Joy!", {"Joy"}, "Joyful, joy, enjoy: Robin!"),
        ("The Hope of the fleet saw Hope.", {"Hope"}, "The Hope of the fleet saw Robin."),
        ("Merry Christmas, Mr Merry.", {"Merry"}, "Merry Christmas, Mr Robin."),
        ("高兴今天很高兴。", {"高兴"}, "陈明今天很高兴。"),
        ("高兴高兴地走了。", {"高兴"}, "陈明高兴地走了。"),
        ("莫愁的琵琶停了。", {"莫愁"}, "陈明的琵琶停了。"),
        ("他很高兴。", {"高兴"}, "他很高兴。"),
    ],
)
def test_only_the_name_is_replaced_where_a_name_is_also_a_feeling(
    text: str, names: set[str], plain: str
) -> None:
    assert with_plain_names(text, names) == plain


@given(st.text(max_size=80), st.text(max_size=10))
def test_any_text_and_speaker_may_come(text: str, speaker: str) -> None:
    names = names_of_feeling([text], [speaker])
    assert names <= ENGLISH | CHINESE
    plain = with_plain_names(text, names)
    assert plain == text or STAND_IN in plain or STAND_IN_ZH in plain


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    assert names_of_feeling(["Joy " * 20000, "高兴" * 20000, "a " * 40000, "姓" * 40000]) == frozenset()


def test_a_text_without_such_names_is_read_as_before_and_heard_as_it_is() -> None:
    model = TextModel.load("debug")
    texts = ["Joy filled the house.", "他很高兴。", "Ann came in."]
    readings = model.read(texts, speakers=["Ann", None, "林"])
    assert [reading.heard for reading in readings] == ["", "", ""]


def test_what_is_read_is_a_plain_name_and_what_is_told_the_writers_own() -> None:
    model = TextModel.load("debug")
    texts = ["It was Faith, miss!", "Faith shrugged."]
    readings = model.read(texts, explain=True)
    plain = TextModel.load("debug").read(["It was Robin, miss!", "Robin shrugged."])
    assert [reading.text for reading in readings] == texts
    assert [reading.heard for reading in readings] == ["It was Robin, miss!", "Robin shrugged."]
    assert [reading.valence for reading in readings] == [reading.valence for reading in plain]
    # A name decides nothing, and the stand-in is nobody's word.
    assert {word.word for reading in readings for word in reading.keywords} <= {"miss", "shrugged"}


def test_a_declared_character_who_never_speaks_is_a_name_too() -> None:
    text = (
        "@motif M = C4\n@character 高兴 motif=M\n@character Joy motif=M\n\n"
        "# 1 Yard\n\n高兴又不来。\n\nJoy never came.\n"
    )
    plan = plan_document(check_source(text).document, Path("."))
    assert {character.name for character in plan.characters} == {"高兴", "Joy"}
    heard = [sentence.reading.heard for sentence in analyse(plan, Models("cpu", "debug"))]
    assert heard == ["陈明又不来。", "Robin never came."]


@pytest.mark.slow
@pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no text weights here")
@pytest.mark.parametrize(
    ("named", "plain"),
    [
        ("“Put the gun down, Joy,” he said.", "“Put the gun down, Robin,” he said."),
        ("高兴先生今天上班。", "陈明先生今天上班。"),
    ],
)
def test_somebody_called_joy_is_not_joyful(named: str, plain: str) -> None:
    model = TextModel.load()
    one, other = model.read([named])[0], model.read([plain])[0]
    assert (one.valence, one.polarity) == (other.valence, other.polarity)
