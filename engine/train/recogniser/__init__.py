"""Trains and measures the recogniser (`engine.match.note_recogniser`). Not for use at run time."""
