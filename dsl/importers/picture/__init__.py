"""What editors of film hand over: cuts and markers with their times → `@at`, hits and cues of a score.

Readers (`edl`, `marker_table`, `timeline`) turn a file into a `FilmList` and say what they could not read;
`file_clock` finds the file's clock, `film_score` and `score_edits` alone write the language.
"""
