"""The `.score` language: from source text to a document, its diagnostics and its plan.

Loads neither torch nor Textual.
"""
