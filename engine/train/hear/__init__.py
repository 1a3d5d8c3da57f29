"""Training of the ear: recordings → valence and arousal."""
