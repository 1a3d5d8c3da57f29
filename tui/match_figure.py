"""How a match is written: one figure for one cue, in lists, tables and sentences."""


def shown_match(match: float) -> float:
    """A match 0…1 in hundredths of the figure that the report's JSON has, which is of four digits; five
    thousandths count upwards."""
    return (round(match * 10_000) + 50) // 100 / 100
