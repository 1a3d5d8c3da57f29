"""A score for a game: cues in layers that loop, stingers, transitions, a manifest, and the files of two
engines."""
