"""What a training or a measurement says of itself while it runs. Figures go to stdout, this does not."""

import sys
import time


def log(message: str) -> None:
    """A line of progress with the time of day on stderr."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)
