"""The render cache: what comes out is what went in, or nothing."""

import os
from pathlib import Path

import pytest

from engine.cache import Kept, RenderCache, render_key, user_cache

KEPT = Kept(
    {"format": 1, "title": "悬崖"}, (("a.mid", "mid", b"\x00\x01" * 500), ("a.stems/b.wav", "stems", b""))
)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "new" / "folder")
    assert cache.load("k") is None
    cache.keep("k", KEPT)
    assert cache.load("k") == KEPT
    assert cache.load("other") is None


def test_any_flipped_byte_and_any_missing_end_throws_the_entry_away(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path)
    cache.keep("k", KEPT)
    (entry,) = tmp_path.iterdir()
    whole = entry.read_bytes()
    for place in range(0, len(whole), 7):
        entry.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        assert cache.load("k") is None, place
        assert not entry.exists()
    for end in (0, 5, 40, len(whole) - 1):
        entry.write_bytes(whole[:end])
        assert cache.load("k") is None
    entry.write_bytes(whole + b"x")
    assert cache.load("k") is None
    entry.write_bytes(whole)
    assert cache.load("k") == KEPT


@pytest.mark.parametrize("name", ["../a.mid", "/tmp/a.mid", "a/../../b", "..\\a"])
def test_an_entry_cannot_lead_out_of_the_output_folder(name: str, tmp_path: Path) -> None:
    cache = RenderCache(tmp_path)
    cache.keep("k", Kept({}, ((name, "mid", b"x"),)))
    assert cache.load("k") is None


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path)
    for number, key in enumerate("abc"):
        cache.keep(key, KEPT)
        os.utime(tmp_path / f"{key}.render", (number, number))
    assert cache.load("a") == KEPT  # now the last used
    size = (tmp_path / "a.render").stat().st_size
    cache.prune(2 * size)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["a", "c"]


def test_a_folder_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = RenderCache(tmp_path / "file" / "cache")
    cache.keep("k", KEPT)
    assert cache.load("k") is None


def test_the_key_changes_with_all_that_decides_the_bytes(tmp_path: Path) -> None:
    score, named, font = tmp_path / "a.score", tmp_path / "theme.mid", tmp_path / "font.sf2"
    named.write_bytes(b"1")
    font.write_bytes(b"1")

    def key(data: bytes = b"x", takes: int = 8, path: Path = score) -> str:
        return render_key(path, data, [named], {"takes": takes}, [font])

    keys = [key(), key(b"y"), key(takes=9), key(path=tmp_path / "b.score")]
    named.write_bytes(b"2")
    keys.append(key())
    font.write_bytes(b"22")
    keys.append(key())
    assert len(set(keys)) == len(keys)
    assert key() == keys[-1]
    assert render_key(tmp_path / "elsewhere" / "a.score", b"x", [], {}, []) == render_key(
        score, b"x", [], {}, []
    )


def test_where_the_cache_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert user_cache() is None
    monkeypatch.delenv("MELODRAMA_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_cache() == RenderCache(tmp_path / "melodrama" / "renders")
    monkeypatch.setenv("MELODRAMA_CACHE", str(tmp_path / "mine"))
    assert user_cache() == RenderCache(tmp_path / "mine")
