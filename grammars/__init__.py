"""The grammars of the score language, as package data. No code."""
