"""PySceneDetect's adaptive detector over the frames of a scan (the extra `picture`)."""

from typing import Any

import numpy as np

from engine.picture.scan import FilmScan

_RATE = 25.0
"""The detector counts frames; what it makes seconds of them with does not matter here."""
LEAST_CONTENT = 8.0
"""Its own default of 15 misses cuts between framings of one scene."""


def scenedetect_candidates(scan: FilmScan) -> tuple[int, ...]:
    """Frames at which shots begin, as `scenedetect.AdaptiveDetector` sees it. Raises ImportError where it is
    not installed."""
    from scenedetect import FrameTimecode
    from scenedetect.detectors import AdaptiveDetector

    detector: Any = AdaptiveDetector(min_scene_len=2, min_content_val=LEAST_CONTENT)
    found: list[Any] = []
    time = FrameTimecode(0, _RATE)
    for number, thumb in enumerate(scan.thumbs):
        time = FrameTimecode(number, _RATE)
        # OpenCV's order of colours is blue, green, red.
        found += detector.process_frame(time, np.ascontiguousarray(thumb[:, :, ::-1]))
    found += detector.post_process(time)
    return tuple(sorted(int(one.frame_num) for one in found))
