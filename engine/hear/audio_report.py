"""`render --judge-audio`: each cue's finished sound heard by the audio recogniser, beside what its notes
say."""

from dataclasses import replace

from engine.composition import Composition
from engine.hear.audio_recogniser import AudioRecogniser
from engine.hear.recording import SHORTEST_S, from_samples
from engine.render.audio import Samples
from engine.report import AudioOpinion, CueReport, Feeling


class CueEar:
    """Called with the finished mix; `reports` are the composition's, with what was heard."""

    def __init__(self, composition: Composition) -> None:
        """Raises WeightsError where the audio recogniser's weights are missing."""
        self._composition = composition
        self._recogniser = AudioRecogniser.load()
        self.reports = composition.cues

    def __call__(self, mix: Samples, rate: int) -> None:
        cues = self._composition.score.cues
        self.reports = tuple(
            self._heard(report, mix[round(cue.start_s * rate) : round(cue.end_s * rate)], rate)
            for report, cue in zip(self.reports, cues, strict=True)
        )

    def _heard(self, report: CueReport, part: Samples, rate: int) -> CueReport:
        if len(part) < SHORTEST_S * rate:
            return report
        opinion = self._recogniser.hear(from_samples(part, rate))
        heard = Feeling(opinion.valence, opinion.arousal)
        return replace(report, audio=AudioOpinion(heard, opinion.confidence))
