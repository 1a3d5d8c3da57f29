"""Training of the audio recogniser: recordings → valence and arousal."""
