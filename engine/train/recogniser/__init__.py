"""Trains and measures the recogniser (`engine.match.recogniser`). Not for use at run time."""
