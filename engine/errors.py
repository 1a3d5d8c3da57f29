"""What the engine raises: one family, each with a sentence a person can act on. Findings in a score are
values instead (`dsl.diagnostics.Finding`); these are for what stops the work: weights, files, devices."""


class MelodramaError(Exception):
    """Something stopped the work. `str(error)` is one line that says what, where and what would be right."""


class WeightsError(MelodramaError):
    """A weights folder is missing, damaged, foreign or of another version."""


class MediaError(MelodramaError):
    """A MIDI, audio or sound-font file that a person named cannot be read."""


class OutputError(MelodramaError):
    """A file cannot be written: no folder, no space, no permission."""


class DeviceError(MelodramaError):
    """A port or a device that music was to come or go through, or be made on, cannot be had."""
