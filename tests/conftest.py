"""What holds for every test."""

import os

import pytest
from hypothesis import settings

# By hand every run looks at new examples; in CI the same ones each time, so that a change is judged by
# itself. No deadline: how busy a machine is says nothing about the code.
settings.register_profile("exploring", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "exploring")


@pytest.fixture(autouse=True)
def no_render_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests make what they test; those of the cache name a folder of their own."""
    monkeypatch.setenv("MELODRAMA_CACHE", "off")


@pytest.fixture(autouse=True)
def nobodys_taste(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What whoever runs the tests has kept must neither decide anything nor be added to."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data"))
