"""The language in which things are explained: Chinese where the locale says so, else English."""

import os
from typing import Literal

Language = Literal["en", "zh"]


def language_of_locale() -> Language:
    """Chinese where the locale says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
