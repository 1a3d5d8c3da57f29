"""A score as players read it: instruments, bars, note values, spelling, words and page, for `musicxml` to
write."""
