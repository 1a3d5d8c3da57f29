"""`melodrama plan --tempos`: the steady tempi that suit each cue's hits, as text and as JSON."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dsl.cue_names import cue_label
from dsl.tempo_alternatives import HitUnderTempo, SteadyTempo, steady_tempi, tempo_range_of

if TYPE_CHECKING:
    from dsl.plan import Plan


def tempos_json(plan: "Plan") -> dict[str, Any]:
    """What `plan --tempos --json` prints; README has the names."""
    return {
        "format": 1,
        "title": plan.title,
        "fps": plan.fps,
        "cues": [
            {
                "id": cue.id,
                "title": cue.title,
                "start_s": round(cue.start_s, 6),
                "end_s": round(cue.end_s, 6),
                "meter": str(cue.meters[0].value),
                "range_bpm": [round(bpm, 3) for bpm in tempo_range_of(cue)],
                "tempos": [_tempo_json(one, plan.fps) for one in steady_tempi(cue, plan.fps)],
            }
            for cue in plan.cues
        ],
    }


def _tempo_json(tempo: SteadyTempo, fps: float | None) -> dict[str, Any]:
    return {
        "bpm": tempo.bpm,
        "caught": tempo.caught,
        "bars": tempo.bars,
        "end_late_s": round(tempo.end_late_s, 6),
        "hits": [
            {
                "name": hit.name,
                "t_s": round(hit.t_s, 6),
                "bar": hit.bar,
                "beat": hit.beat,
                "place": hit.place,
                "late_s": round(hit.late_s, 6),
                "late_frames": round(hit.late_s * fps, 3) if fps else None,
                "caught": hit.caught,
            }
            for hit in tempo.hits
        ],
    }


def print_tempos(plan: "Plan", clock: Callable[[float], str]) -> None:
    """A block a cue: each tempo with the hits it catches and, below it, those it misses and by how much."""
    print(f"{plan.title}  steady tempi by the hits that they catch")
    for cue in plan.cues:
        low, high = tempo_range_of(cue)
        hits = sum(event.kind == "hit" for event in cue.events)
        print(f"\n# {cue_label(cue.id, cue.title)}".rstrip())
        times = f"{clock(cue.start_s)}–{clock(cue.end_s)}"
        print(f"  {times} · {cue.meters[0].value} · ♩{low:g}–{high:g} · {_hits(hits)}")
        found = steady_tempi(cue, plan.fps)
        if not found:
            print("  no hits after the cue's start: any tempo does")
        for tempo in found:
            end = f"{tempo.bars} bars end {_lateness(tempo.end_late_s, None)}"
            print(f"  ♩{tempo.bpm:<8g} {tempo.caught} of {_hits(len(tempo.hits))} · {end}")
            for hit in tempo.hits:
                print(f"    {_hit(hit, plan.fps, clock)}")


def _hits(count: int) -> str:
    return f"{count} hit{'s' * (count != 1)}"


def _hit(hit: HitUnderTempo, fps: float | None, clock: Callable[[float], str]) -> str:
    where = f"bar {hit.bar}, {'beat' if hit.place != 'eighth' else 'eighth'} {hit.beat:g}"
    sign = "●" if hit.caught else "○"
    return f"{sign} {clock(hit.t_s)} {hit.name or 'hit':<14} {where}: {_lateness(hit.late_s, fps)}"


def _lateness(late_s: float, fps: float | None) -> str:
    """`12 ms late (0.3 frames)`, `exact`."""
    if abs(late_s) < 5e-4:
        return "exact"
    amount = f"{abs(late_s) * 1000:.0f} ms" if abs(late_s) < 1 else f"{abs(late_s):.2f} s"
    frames = f" ({abs(late_s) * fps:.1f} frames)" if fps else ""
    return f"{amount} {'late' if late_s > 0 else 'early'}{frames}"
