"""What a cue's explanation says in words: two languages, three levels, tables of the field's terms. No
screen."""
