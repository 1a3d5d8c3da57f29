"""What holds for every test."""

import pytest


@pytest.fixture(autouse=True)
def no_render_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests make what they test; those of the cache name a folder of their own."""
    monkeypatch.setenv("MELODRAMA_CACHE", "off")
