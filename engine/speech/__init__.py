"""A recording of the voice laid along its script (`@voice`): when each known line is spoken. No speech is
recognised; pauses, lengths, syllables and hissing sounds say where the known text goes.
"""
