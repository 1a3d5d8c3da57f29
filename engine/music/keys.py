"""Keys: how they are spelt, their signatures, how far they lie apart on the circle of fifths."""

from dsl.plan import Key

_MAJOR_NAMES = {
    0: "C",
    1: "Db",
    2: "D",
    3: "Eb",
    4: "E",
    5: "F",
    6: "F#",
    7: "G",
    8: "Ab",
    9: "A",
    10: "Bb",
    11: "B",
}
_MINOR_NAMES = {
    0: "C",
    1: "C#",
    2: "D",
    3: "Eb",
    4: "E",
    5: "F",
    6: "F#",
    7: "G",
    8: "G#",
    9: "A",
    10: "Bb",
    11: "B",
}


def key_named(tonic: int, mode: str) -> Key:
    """The key as musicians spell it (D♭ major, but C♯ minor)."""
    if mode == "major":
        return Key(tonic % 12, "major", _MAJOR_NAMES[tonic % 12])
    return Key(tonic % 12, "minor", _MINOR_NAMES[tonic % 12])


def signature(key: Key) -> int:
    """Sharps (positive) or flats of a key's signature, −7…7; a key spelt with flats keeps them."""
    major = key.tonic if key.mode == "major" else (key.tonic + 3) % 12
    sharps = major * 7 % 12
    if "b" in key.spelling[1:] or "♭" in key.spelling:
        return int(sharps - 12 if sharps >= 5 else sharps)
    if "#" in key.spelling or "♯" in key.spelling:
        return int(sharps if sharps <= 7 else sharps - 12)
    return int(sharps if sharps <= 6 else sharps - 12)


def fifths_between(key: Key, other: Key) -> int:
    """How far two keys lie apart on the circle of fifths, 0…6; relative keys are one."""
    return fifths_apart(signature(key) - signature(other))


def fifths_apart(steps: int) -> int:
    """Steps round the circle of fifths the nearer way, 0…6, between signatures that differ by `steps`."""
    return min(steps % 12, -steps % 12)
