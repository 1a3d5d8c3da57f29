"""A script as long as one likes, for measuring."""


def long_script(count: int) -> list[str]:
    """A long script in both languages, a cue every fifty lines."""
    lines = []
    for number in range(count):
        if number % 50 == 0:
            lines.append(f"# {number // 50 + 1} Scene {number // 50 + 1}")
        elif number % 15 == 0:
            lines.append("@emotion hope 0.5 -> sadness 0.3 over 8s")
        elif number % 22 == 0:
            lines.append("他抬起头，看见远处的灯火。{hit}")
        else:
            lines.append(f"She walked on, and the road went on with her for {number} steps.")
    return lines
