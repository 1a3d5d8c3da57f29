"""The contrast set: well formed, in pairs, apart from what is trained on; its figures mean what they say."""

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.errors import MelodramaError
from engine.text.model import EMOTIONS
from engine.train.contrast import evaluate as measure
from engine.train.contrast.lines import (
    CONTRAST,
    KINDS,
    TEST,
    TRAIN,
    ContrastLine,
    read_contrast,
    read_second_pass,
)
from engine.train.text.data import STORYLINES, read_storylines, split_of
from engine.train.text.told import told_lines

LINES = read_contrast()
MEASURED = [line for line in LINES if line.pair]
README = (CONTRAST / "README.md").read_text(encoding="utf-8")
NEAR, PART = 0.6, 0.3
"""A text with so much of a line's letter groups, of which they are such a part, is its near duplicate."""


def sides() -> dict[str, list[ContrastLine]]:
    pairs: dict[str, list[ContrastLine]] = defaultdict(list)
    for line in MEASURED:
        pairs[line.pair].append(line)
    return pairs


def groups(text: str) -> set[str]:
    """Groups of letters: three Chinese characters, or seven letters of anything else."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text.lower()) if c.isalnum())
    size = 3 if re.search("[\u4e00-\u9fff]", plain) else 7
    return {plain[at : at + size] for at in range(max(1, len(plain) - size + 1))}


def taught() -> Iterator[str]:
    """Every text of the repository that a text model is, or could be, trained on."""
    yield from (line.text for line in read_storylines(STORYLINES))
    yield from (line.text for line in read_storylines(TRAIN))
    yield from (told.text for told in told_lines({}))
    for path in sorted((CONTRAST.parent / "fiction").glob("zh-*.tsv")):
        for written in path.read_text(encoding="utf-8").splitlines()[1:]:
            yield written.split("\t")[3]
    for language in ("en", "zh"):
        for written in (STORYLINES / f"words-{language}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            yield written.split("\t")[0]


def near_duplicates(lines: Sequence[str], others: Iterator[str]) -> list[tuple[str, str]]:
    own = {text: groups(text) for text in lines}
    where: dict[str, list[str]] = defaultdict(list)
    for text, found in own.items():
        for group in found:
            where[group].append(text)
    near: list[tuple[str, str]] = []
    for other in others:
        theirs = groups(other)
        shared = Counter(text for group in theirs for text in where.get(group, ()))
        near += [
            (text, other)
            for text, count in shared.items()
            if count >= NEAR * len(own[text]) and count >= PART * len(theirs)
        ]
    return near


def test_no_line_that_is_measured_by_nor_a_near_duplicate_is_trained_on() -> None:
    assert near_duplicates([line.text for line in LINES], taught()) == []


def test_near_duplicates_would_be_found() -> None:
    lines = ["He closed the pliers, and the clock jumped to zero.", "炮声停了，战壕里的人都竖着耳朵。"]
    others = [
        "Then he closed the pliers and the old clock jumped to zero!",
        "炮声停了，战壕里的人竖着耳朵听。",
    ]
    assert len(near_duplicates(lines, iter(others))) == 2
    assert near_duplicates(lines, iter(["He closed the door.", "战壕里没有人。"])) == []


def test_nobody_is_called_the_same_in_training_and_test() -> None:
    tested = {line.speaker for line in LINES if line.speaker}
    trained = {line.speaker for line in read_storylines(TRAIN) if line.speaker}
    # Names; what somebody is (a nurse, a mother, 同事) may come twice.
    common = {"Nurse", "Coach", "Father", "Foreman", "邻居", "同事", "同桌", "记者", "掌柜"}
    assert tested & trained <= common


def test_every_line_is_well_formed() -> None:
    assert len({line.id for line in LINES}) == len(LINES)
    for number, scene in enumerate(measure.scenes_of(LINES)):
        assert 3 <= len(scene) <= 6, scene[0].scene
        assert [line.id for line in scene] == [f"{scene[0].scene}:{n + 1}" for n in range(len(scene))]
        assert scene[0].scene.endswith("ab"[number % 2])
        whole = " ".join(line.text for line in scene)
        for line in scene:
            assert line.kind in KINDS
            assert line.text
            assert line.text == line.text.strip()
            assert -1 <= line.valence <= 1
            assert -1 <= line.arousal <= 1
            assert line.part in ("narration", "dialogue", "direction")
            assert (line.part == "dialogue") == bool(line.speaker)
            axes = (line.valence, line.arousal)
            plain = any(abs(axis) < 0.1 for axis in axes)
            assert line.quadrant == ("0" if plain else "".join("+" if axis > 0 else "-" for axis in axes))
            assert bool(line.note) == bool(line.decides) == bool(line.pair)
            assert all(word in whole for word in line.decides), line.id


def test_every_kind_has_pairs_in_both_languages() -> None:
    pairs = sides()
    assert all(len(both) == 2 and both[0].kind == both[1].kind for both in pairs.values())
    counted = Counter((both[0].language, both[0].kind) for both in pairs.values())
    assert min(counted[language, kind] for language in ("en", "zh") for kind in KINDS) >= 4
    by_language = Counter(line.language for line in LINES)
    assert sum(by_language.values()) >= 600
    assert min(by_language.values()) >= 0.45 * len(LINES)


def test_the_sides_of_a_pair_share_their_words_and_are_felt_differently_unless_only_a_name_changed() -> None:
    for both in sides().values():
        one, other = (set(re.findall(r"[a-z']+|[\u4e00-\u9fff]", line.text.lower())) for line in both)
        assert len(one & other) >= 0.3 * len(one | other), both[0].pair
        apart = math.hypot(both[0].valence - both[1].valence, both[0].arousal - both[1].arousal)
        assert apart >= 0.14 or (apart == 0 and both[0].kind == "name"), both[0].pair


def test_the_readme_counts_what_is_there() -> None:
    for language, title in (("en", "English"), ("zh", "Chinese")):
        test = [line for line in LINES if line.language == language]
        train = [line for line in read_storylines(TRAIN) if line.language == language]
        pairs = len({line.pair for line in test if line.pair})
        taught_pairs = len({line.scene for line in train}) // 2
        assert f"| {title} | {len(test)} | {pairs} | {len(train)} | {taught_pairs} |" in README


def test_the_training_tables_are_read_by_the_reader_of_story_lines_and_only_train() -> None:
    lines = read_storylines(TRAIN)
    assert len(lines) == sum(
        len((TRAIN / name).read_text(encoding="utf-8").splitlines()) - 1 for name in ("en.tsv", "zh.tsv")
    )
    assert len(lines) >= 300
    assert {split_of(line.scene) for line in lines} == {"train"}
    assert not {line.scene for line in lines} & {line.scene for line in read_storylines(STORYLINES)}
    assert all(line.emotions and line.emotions.keys() <= set(EMOTIONS) for line in lines)


def test_the_table_of_training_pairs_names_one_line_of_each_scene() -> None:
    lines = read_storylines(TRAIN)
    sizes = Counter(line.scene for line in lines)
    rows = [row.split("\t") for row in (TRAIN / "pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    assert sorted(scene for _, scene, _ in rows) == sorted(sizes)
    assert all(1 <= int(line) <= sizes[scene] and scene.startswith(pair) for pair, scene, line in rows)
    assert set(Counter(pair for pair, _, _ in rows).values()) == {2}


def test_a_broken_table_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(MelodramaError, match=r"en\.tsv"):
        read_contrast(tmp_path)
    (tmp_path / "en.tsv").write_text((TEST / "en.tsv").read_text("utf-8").replace("\t0.", "\tx.", 1))
    with pytest.raises(MelodramaError, match=r"en\.tsv.*x\."):
        read_contrast(tmp_path)


@pytest.mark.parametrize(
    ("given", "wanted", "right"),
    [
        ([[0.2, 0.0], [-0.2, 0.0]], [[0.4, 0.0], [-0.4, 0.0]], True),
        ([[0.1, 0.0], [-0.1, 0.0]], [[0.4, 0.0], [-0.4, 0.0]], False),  # too little
        ([[-0.4, 0.0], [0.4, 0.0]], [[0.4, 0.0], [-0.4, 0.0]], False),  # the wrong way
        ([[0.0, 0.5], [0.0, -0.5]], [[0.4, 0.0], [-0.4, 0.0]], False),  # on the other axis
        ([[0.3, 0.0], [0.3, 0.0]], [[0.4, 0.0], [-0.4, 0.0]], False),  # no difference at all
        ([[-0.3, 0.1], [-0.25, 0.1]], [[-0.5, 0.3], [-0.5, 0.3]], True),  # only the name changed
        ([[0.3, 0.1], [-0.3, 0.1]], [[-0.5, 0.3], [-0.5, 0.3]], False),
    ],
)
def test_a_pair_is_right_by_half_of_the_labelled_difference(
    given: list[list[float]], wanted: list[list[float]], right: bool
) -> None:
    assert measure.pair_is_right(np.array(given), np.array(wanted)) is right


def test_the_labels_themselves_are_right_everywhere_and_a_constant_nowhere() -> None:
    scenes = measure.scenes_of(LINES)
    labels = measure.from_table({line.id: (line.valence, line.arousal) for line in MEASURED})
    for found in measure.in_parts(scenes, labels(scenes)).values():
        assert (found["V"], found["V_mae"], found["half"]) == (1.0, 0.0, 1.0)
        assert found["quadrant"] == 1.0
    flat = measure.figures(scenes, np.full((len(scenes), 2), 0.2))
    assert flat["V"] == 0.0
    assert flat["way"] == 0.0
    # The pairs in which only a name changed are right with a constant: they must not move.
    alike = [both for both in sides().values() if both[0].valence == both[1].valence]
    assert flat["half"] == pytest.approx(len(alike) / len(sides()), abs=1e-3)


def test_lines_without_an_answer_are_left_out_with_their_pairs() -> None:
    scenes = measure.scenes_of(LINES)
    labels = {line.id: (line.valence, line.arousal) for line in MEASURED}
    some = dict(list(labels.items())[1:21])  # the first pair has lost a side
    found = measure.figures(scenes, measure.from_table(some)(scenes))
    assert (found["lines"], found["pairs"], found["half"]) == (20, 9, 1.0)


def test_the_second_reading_is_of_measured_lines() -> None:
    second = read_second_pass()
    assert second.keys() <= {line.id for line in MEASURED}
    if second:
        assert len(second) >= 120
        assert all(-1 <= value <= 1 for both in second.values() for value in both)


def test_the_command_measures_any_weights_beside_its_controls(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure.main(["--weights", "debug", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    names = {"in its scene", "alone", "scene without it", "in another scene", "lexicon"}
    assert names <= told.keys()
    for name in names:
        assert told[name]["all"]["lines"] == len(MEASURED)
        assert told[name]["zh irony"]["lines"] == 2 * told[name]["zh irony"]["pairs"]
    # The same line alone is the same line on both sides: nothing can be told apart.
    same = sum(
        a.text == b.text for a, b in sides().values() if (a.valence, a.arousal) != (b.valence, b.arousal)
    )
    assert same >= 40
    assert told["alone"]["all"]["half"] <= 1 - same / len(sides())


def test_weights_that_are_not_there_are_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure.main(["--weights", str(tmp_path)]) == 1
    assert "config.json" in capsys.readouterr().err
