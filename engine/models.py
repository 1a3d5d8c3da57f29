"""The trained parts, loaded when they are first needed and kept: text model, generator, recogniser and its
differentiable approximation."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from engine.cores import cores
from engine.emotion.transfer import Transfer, read_transfer
from engine.errors import DeviceError
from engine.match.memory import Memory
from engine.text.analyze import TextModel
from engine.weights import SHIPPED

if TYPE_CHECKING:
    from engine.generate.sampling import Generator
    from engine.match.note_recogniser import NoteRecogniser
    from engine.match.soft_recogniser import SoftRecogniser

Device = Literal["auto", "cpu", "cuda"]
_FEW: Final = 8
"""Answers that are kept where none comes again."""


@dataclass(slots=True)
class Models:
    """The trained parts, loaded when first asked for. `folder` names weights by hand: "debug" for the tiny
    random ones. `remembers`: takes and what was heard are kept, for a program that composes the same scores
    again and again; they come out the same."""

    device: Device = "auto"
    folder: str | None = None
    text_model: Path | None = None
    remembers: bool = False
    _text: TextModel | None = field(default=None, repr=False)
    _generator: "Generator | None" = field(default=None, repr=False)
    _recogniser: "NoteRecogniser | None" = field(default=None, repr=False)
    _soft: "list[SoftRecogniser | None]" = field(default_factory=list, repr=False)
    memory: Memory = field(default_factory=Memory, repr=False)
    """Takes chosen before: a cue that an edit left alone is not made again."""
    tastes: Memory = field(default_factory=lambda: Memory(4_096), repr=False)
    """By which taste each cue was chosen first."""

    @property
    def device_used(self) -> str:
        """The device that "auto" comes to on this machine. Raises DeviceError where "cuda" is asked for and
        there is none."""
        if self.device == "cpu":
            return self.device
        import torch

        if torch.cuda.is_available():
            return "cuda"
        if self.device == "cuda":
            raise DeviceError("there is no CUDA device here, or torch was built without it: use auto or cpu")
        return "cpu"

    @property
    def text(self) -> TextModel:
        """The text model. Raises WeightsError the first time if it cannot be read."""
        if self._text is None:
            self._text = TextModel.load(self.text_model or self._place("text"), self.device_used)
        return self._text

    @property
    def generator(self) -> "Generator":
        """Codec, generator and critic. Raises WeightsError the first time if they cannot be read."""
        if self._generator is None:
            from engine.generate.sampling import Generator

            _share_cores()
            loaded = Generator.load(self._place("generator"), self.device_used)
            if self.remembers:
                from engine.generate.remembered import RememberingGenerator

                loaded = RememberingGenerator(loaded)
            self._generator = loaded
        return self._generator

    @property
    def recogniser(self) -> "NoteRecogniser":
        """What hears notes. Raises WeightsError the first time if it cannot be read."""
        if self._recogniser is None:
            from engine.match.note_recogniser import NoteRecogniser

            loaded = NoteRecogniser.load(self._place("recogniser"))
            if self.remembers:
                from engine.match.remembered import RememberingRecogniser

                loaded = RememberingRecogniser(loaded)
            self._recogniser = loaded
        return self._recogniser

    @property
    def soft_recogniser(self) -> "SoftRecogniser | None":
        """The recogniser's differentiable approximation; None where the weights have none (then no take is
        moved). Raises WeightsError the first time if its file is damaged."""
        if not self._soft:
            from engine.match.soft_recogniser import SoftRecogniser

            place = self._place("recogniser")
            self._soft.append(None if place == "debug" else SoftRecogniser.load(place))
        return self._soft[0]

    @property
    def transfer(self) -> Transfer:
        """From what is felt to what is asked, as measured with these weights. Raises WeightsError where its
        file is damaged."""
        own = None if self.folder in (None, "debug") else Path(self.folder or "")
        text = self.text_model or (own or SHIPPED) / "text"
        return read_transfer(text, (own or SHIPPED) / "generator")

    def forgetting(self) -> "Models":
        """The same trained parts, with nothing kept of what is made with them: for music that never comes
        again. Raises WeightsError."""
        generator, recogniser = self.generator, self.recogniser
        found = Models(self.device, self.folder, self.text_model)
        found._text, found._soft = self.text, self._soft
        found._generator = getattr(generator, "forgetting", generator)
        found._recogniser = getattr(recogniser, "forgetting", recogniser)
        found.memory = Memory(_FEW)
        return found

    def _place(self, model: str) -> Path | Literal["debug"] | None:
        if self.folder is None or self.folder == "debug":
            return "debug" if self.folder else None
        return Path(self.folder) / model

    def versions(self) -> dict[str, str]:
        """Name → version of what has been loaded so far."""
        versions = {}
        if self._text is not None:
            versions["text"] = self._text.version
        if self._generator is not None:
            versions["generator"] = self._generator.networks.version
            if self._generator.lines is not None:
                versions["lines"] = self._generator.lines.version
        if self._recogniser is not None:
            versions["recogniser"] = self._recogniser.version
        return versions


def _share_cores() -> None:
    """From now on let torch use half the cores, four at most, unless the environment says how many.

    The networks that make music are small: on two cores, two threads in step are no faster than one, and on a
    busy machine, where each step waits for the last of them, much slower. Reading gains from every core, and
    comes first.
    """
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(min(max(cores() // 2, 1), 4))
