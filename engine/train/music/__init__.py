"""Training of what belongs to `engine.music`: the emotion map."""
