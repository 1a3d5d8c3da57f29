"""What is asked of the music where something is felt: not the feeling itself, but what makes it heard."""

import math
from dataclasses import dataclass


def contrasted(emotion: float, contrast: float) -> float:
    """A coordinate −1…1 with the middle of the scale stretched and its ends kept: tanh(c·x) / tanh(c)."""
    return math.tanh(contrast * emotion) / math.tanh(contrast)


@dataclass(frozen=True, slots=True)
class Asked:
    """A point of emotion, −1…1 each, as it is asked of the music. Tempo goes by it as it stands: it is
    perceived so clearly that the full expansion would make every mildly positive line fast. All else goes by
    `clear`."""

    valence: float
    arousal: float
    contrast: float

    @property
    def clear(self) -> tuple[float, float]:
        """Valence and arousal with the middle of the scale stretched by `contrast`."""
        return contrasted(self.valence, self.contrast), contrasted(self.arousal, self.contrast)
