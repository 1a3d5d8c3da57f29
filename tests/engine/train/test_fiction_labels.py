"""The labels of fiction: well formed, joined to each other, as many as their README says, and no sentence."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from dsl.vocabulary import EMOTIONS
from engine.train import __file__ as train

FOLDER = Path(train).parent / "fiction"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
WORKS = sorted(path.stem for path in FOLDER.glob("*.tsv") if not path.stem.startswith(("zh-", "fragments")))
LABELS = ["valence", "arousal", "dominance", "emotions"]

Row = dict[str, str]
Key = tuple[str, str, str]


def table(name: str) -> tuple[list[str], list[Row]]:
    """Columns and rows of a file; a row of another length than the header's is an error."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        head = next(rows)
        return head, [dict(zip(head, row, strict=True)) for row in rows]


def key(row: Row) -> Key:
    return row["work"], row["scene"], row["line"]


def faults(row: Row) -> list[str]:
    """What is wrong with the labels of a row."""
    wrong = [axis for axis in LABELS[:3] if not -1 <= float(row[axis]) <= 1]
    named = [emotion.partition(":") for emotion in row["emotions"].split(",")]
    wrong += [name for name, _, _ in named if name not in EMOTIONS]
    wrong += [strength for _, colon, strength in named if colon and not 0 <= float(strength) <= 1]
    return wrong + ["how many"] * (len(named) > 3 or len({name for name, _, _ in named}) < len(named))


@pytest.fixture(scope="module")
def labels() -> dict[Key, str]:
    """The file of every labelled line."""
    rows = [(key(row), work) for work in WORKS for row in table(f"{work}.tsv")[1]]
    assert len(dict(rows)) == len(rows)
    return dict(rows)


@pytest.mark.parametrize("work", WORKS)
def test_every_label_is_on_the_scale_and_names_its_sentence_without_quoting_it(work: str) -> None:
    head, rows = table(f"{work}.tsv")
    assert head == ["work", "scene", "line", "sha", *LABELS]
    assert len({row["work"] for row in rows}) == 1
    for row in rows:
        assert faults(row) == [], row
        assert re.fullmatch(r"[0-9a-f]{12}", row["sha"]), row
        assert re.fullmatch(r"[\w-]+:\d+", row["scene"]), row


@pytest.mark.parametrize("work", WORKS)
def test_the_lines_of_a_scene_stand_together_and_in_order(work: str) -> None:
    rows = table(f"{work}.tsv")[1]
    scenes = list(dict.fromkeys(row["scene"] for row in rows))
    assert [key(row)[1:] for row in rows] == [(scene, str(line)) for scene in scenes for line in range(14)]


@pytest.mark.parametrize("work", WORKS)
def test_every_chinese_line_has_words_and_the_label_of_its_original(
    work: str, labels: dict[Key, str]
) -> None:
    head, rows = table(f"zh-{work}.tsv")
    assert head == ["work", "scene", "line", "text_zh"]
    assert len({key(row) for row in rows}) == len(rows)
    for row in rows:
        assert labels.get(key(row)) == work, row
        assert row["text_zh"].strip(), row


def test_the_second_pass_labels_lines_that_the_first_has(labels: dict[Key, str]) -> None:
    head, rows = table("second_pass.txt")
    assert head == ["work", "scene", "line", *LABELS]
    assert len({key(row) for row in rows}) == len(rows)
    assert {key(row) for row in rows} <= labels.keys()
    assert [row for row in rows if faults(row)] == []
    scenes = len({key(row)[:2] for row in rows})
    assert f"{len(rows)} lines of {scenes} scenes" in README


def test_every_fragment_is_a_labelled_line(labels: dict[Key, str]) -> None:
    head, rows = table("fragments.tsv")
    assert head == ["work", "scene", "line", "part"]
    assert {row["part"] for row in rows} == {"head", "rest"}
    assert {key(row) for row in rows} <= labels.keys()
    assert len({key(row) for row in rows}) == len(rows)


def test_there_are_as_many_of_each_work_as_the_readme_counts(labels: dict[Key, str]) -> None:
    section = README.split("## Counts\n")[1].split("\n## ")[0]
    told = dict(re.findall(r"^\| `([\w-]+)` \|.*\| (?:train|test) \| (.*) \|$", section, re.MULTILINE))
    cut = Counter(labels[key(row)] for row in table("fragments.tsv")[1])
    lines = Counter(labels.values())
    scenes = Counter(work for _, work in {(line[:2], work) for line, work in labels.items()})
    found = [(scenes[work], lines[work], len(table(f"zh-{work}.tsv")[1]), cut[work]) for work in WORKS]
    assert told == {work: " | ".join(map(str, row)) for work, row in zip(WORKS, found, strict=True)}
    total = " | ".join(f"{sum(column):,}" for column in zip(*found, strict=True))
    assert f"| all | | | {total} |" in section


def test_the_quadrants_are_as_many_as_the_readme_counts() -> None:
    counts: Counter[str] = Counter()
    for work in WORKS:
        for row in table(f"{work}.tsv")[1]:
            place = [float(row[axis]) for axis in ("valence", "arousal")]
            far = all(abs(at) >= 0.15 for at in place)
            counts["".join("+" if at > 0 else "-" for at in place) if far else "near"] += 1
    told = " | ".join(f"{counts[name]:,}" for name in ("++", "+-", "-+", "--", "near"))
    assert f"| all | {told} |" in README
