"""Coming from elsewhere: Fountain, SRT, WebVTT and plain text → `.score`. Start at `dsl.importers.convert`.

Each reader turns a text into a `Story` and says what it could not carry over; `score_text` alone writes the
language.
"""
