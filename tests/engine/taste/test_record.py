"""Choices as lines and back; whatever is in a file is read as far as it goes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.taste.record import HEADING, choice_line, read_record, record_bytes
from engine.taste.traits import TRAITS
from tests.engine.taste.choosing import choices_by

CHOICES = choices_by({"legato": 1.0}, 6)


def test_what_was_written_is_read_again() -> None:
    assert read_record(record_bytes(CHOICES)).choices == tuple(CHOICES)


def test_a_damaged_line_takes_no_other_with_it() -> None:
    lines = record_bytes(CHOICES).splitlines()
    lines[2] = lines[2][:40]
    lines[4] = b"\xff\x00 nonsense"
    record = read_record(b"\n".join(lines))
    assert (len(record.choices), record.damaged, record.problem) == (4, 2, None)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    read_record(data)
    read_record(record_bytes(CHOICES[:1]) + data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["kind", "offered", "traits", "chosen", "asked", "style", "match"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_under_a_heading_is_read_without_an_error(value: object) -> None:
    line = json.loads(choice_line(CHOICES[0]))
    changed = {**line, **value} if isinstance(value, dict) else value
    read_record(f"{HEADING}\n{json.dumps(changed)}\n".encode())


def test_a_file_of_another_kind_is_told_from_an_empty_one() -> None:
    assert read_record(b"").problem is None
    assert "no taste file" in (read_record(b"[settings]\nx = 1\n").problem or "")
    assert "no taste file" in (read_record(b'{"name": "package", "version": 1}').problem or "")


def test_a_file_of_a_newer_version_is_left_alone() -> None:
    newer = json.dumps({"melodrama": "taste", "format": 2, "anything": []})
    assert "newer" in (read_record(f"{newer}\n".encode() + record_bytes(CHOICES)).problem or "")


def test_an_older_version_that_measured_fewer_things_in_other_units_is_understood() -> None:
    legato = next(trait for trait in TRAITS if trait.name == "legato")
    heading = {
        "melodrama": "taste",
        "format": 1,
        "traits": ["gone", "legato"],
        "mean": [0.0, legato.mean + legato.spread],
        "spread": [1.0, legato.spread],
    }
    line = {"kind": "kept", "style": "folk", "asked": [0.1, 0.2], "chosen": 0}
    line["offered"] = [{"traits": [3.0, 0.5], "match": 0.5}, {"traits": [1.0, -1.0], "match": 0.4}]
    record = read_record(f"{json.dumps(heading)}\n{json.dumps(line)}\n".encode())
    place = [trait.name for trait in TRAITS].index("legato")
    assert [take.traits[place] for take in record.choices[0].offered] == pytest.approx([1.5, 0.0])
    assert all(value == 0.0 for n, value in enumerate(record.choices[0].offered[0].traits) if n != place)
    assert record.heading != HEADING
