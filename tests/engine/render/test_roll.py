"""The roll as a picture: notes and texts, in SVG and PNG alike."""

import struct
import time
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import pytest

from dsl.score_file import plan_source
from engine.models import Models
from engine.music.score import Lyric
from engine.pipeline import compose
from engine.render import lettering
from engine.render.export import Target, export_and_listen
from engine.render.roll import draw, missing_letters, png_bytes, svg_bytes, text_width
from tests.engine.render.small_score import small_score

SVG = "{http://www.w3.org/2000/svg}"


def pixels_of(data: bytes) -> npt.NDArray[np.uint8]:
    width, height = struct.unpack(">II", data[16:24])
    start = data.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", data[start - 8 : start - 4])
    rows = np.frombuffer(zlib.decompress(data[start : start + length]), np.uint8)
    return rows.reshape(height, 1 + 3 * width)[:, 1:].reshape(height, width, 3)


def test_the_roll_is_a_real_png_with_every_note() -> None:
    pixels = pixels_of(png_bytes(small_score()))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 6
    svg = ET.fromstring(svg_bytes(small_score()))
    notes = sum(len(track.notes) for track in small_score().tracks)
    assert len(svg.findall(f"{SVG}rect")) > notes


def test_title_legend_cues_script_hits_and_bars_are_in_the_svg() -> None:
    texts = [t.text for t in ET.fromstring(svg_bytes(small_score())).findall(f"{SVG}text")]
    assert "悬崖 & <Cliff> · 林" in texts
    assert {"melody", "chords", "drums", "hit"} <= set(texts)
    assert "bass" not in texts, "nobody plays it"
    assert "1m1 悬崖 · D minor · strings" in texts
    assert "林: 我不会回头。" in texts
    assert "door" in texts
    assert {"1", "2", "6"} <= set(texts)


def test_the_png_shows_each_text_where_the_svg_has_it() -> None:
    score = replace(
        small_score(), title="Cliff", author="Lin", lyrics=(Lyric(0.5, 4.0, "He stands at the edge."),)
    )
    picture = draw(score)
    pixels = pixels_of(png_bytes(score)).astype(int)
    for label in picture.labels:
        left, right = round(label.x), round(label.x + 0.6 * text_width(label.text, label.size))
        area = pixels[round(label.y) - label.size + 2 : round(label.y) + 1, left : right + 1]
        nearest = np.abs(area - np.array(label.colour)).sum(axis=2).min()
        assert nearest < 200, f"{label.text!r} is not in the picture"


@pytest.mark.skipif(lettering.missing("悬崖") != "", reason="no font with Chinese is installed")
def test_chinese_is_drawn_where_a_font_has_it() -> None:
    plain = small_score()
    assert missing_letters(plain) == ""
    one, other = pixels_of(png_bytes(plain)), pixels_of(png_bytes(replace(plain, title="天空 & <Cliff>")))
    assert (one != other).any()


def test_letters_that_no_font_has_are_told_and_the_rest_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lettering, "_font_files", lambda: ())
    lettering._font_of.cache_clear()
    loaded = plan_source("melodrama: 1\ntitle: 悬崖 Cliff\n---\n# 1m1 A\n@bars 2\nHello.\n", Path("a.score"))
    assert loaded.plan is not None
    exported = export_and_listen(
        compose(loaded.plan, Models("cpu", "debug"), takes=1), Target(tmp_path, "a", ("roll",))
    )
    lettering._font_of.cache_clear()
    assert len(exported.remarks) == 1
    assert "a.png" in exported.remarks[0]
    assert "崖悬 (2 characters)" in exported.remarks[0]


def test_a_text_is_cut_only_where_the_next_one_begins() -> None:
    line = "Ten thousand torches moved in the valley below, and nobody spoke."
    alone = replace(small_score(), lyrics=(Lyric(0.5, 1.0, line),))
    assert line in [label.text for label in draw(alone).labels]
    crowded = replace(small_score(), lyrics=tuple(Lyric(0.5 + k / 5, 0.6 + k / 5, line) for k in range(5)))
    shown = [label for label in draw(crowded).labels if label.text.startswith("Ten")]
    assert any(label.text == line for label in shown)
    for row in {label.y for label in shown}:
        ordered = sorted(
            (label.x, label.x + text_width(label.text, label.size)) for label in shown if label.y == row
        )
        assert all(end <= start for (_, end), (start, _) in pairwise(ordered))


def test_a_long_line_goes_on_in_the_rows_that_are_free() -> None:
    line = "It was the best of times, it was the worst of times, it was the age of wisdom. " * 6
    one = replace(small_score(), lyrics=(Lyric(0.5, 1.0, line.strip()),))
    shown = [label for label in draw(one).labels if label.size == 9 and len(label.text) > 20]
    assert len({label.y for label in shown}) == len(shown) > 1
    assert " ".join(label.text.strip() for label in shown) == line.strip()
    width = draw(one).width
    assert all(label.x + text_width(label.text, label.size) <= width for label in shown)


def test_the_svg_asks_for_the_letters_that_its_texts_are_measured_in() -> None:
    families = {t.get("font-family", "") for t in ET.fromstring(svg_bytes(small_score())).iter(f"{SVG}text")}
    assert all(family.startswith("Helvetica, Arial, 'Liberation Sans'") for family in families)


def test_a_title_of_thousands_of_letters_does_not_make_a_picture_of_a_hundred_thousand_pixels() -> None:
    picture = draw(replace(small_score(), title="标题很长" * 2000))
    assert picture.width < 3500
    assert picture.labels[0].text.endswith("…")


def test_a_line_of_a_hundred_thousand_letters_is_cut_in_no_time() -> None:
    score = replace(small_score(), lyrics=(Lyric(0.5, 1.0, "x" * 100_000), Lyric(4.0, 5.0, "y")))
    began = time.process_time()
    assert draw(score).width < 2000
    assert time.process_time() - began < 2.0
