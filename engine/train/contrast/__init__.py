"""Lines that mean something else than their words say, in pairs of scenes: to learn from, to measure by."""
