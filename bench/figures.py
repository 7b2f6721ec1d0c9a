"""How figures are printed: medians with their spread, and the ratio that is the goal."""

import statistics
from collections.abc import Callable


def in_turn(rounds: int, **measures: Callable[[], float]) -> dict[str, list[float]]:
    """A B A B …: each measure once a round, so that a busy machine hits both alike."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def show(found: dict[str, list[float]], unit: str) -> None:
    for name, values in found.items():
        middle = statistics.median(values)
        print(f"  {name:28} {middle:10.2f} {unit}   (min {min(values):.2f}, max {max(values):.2f})")


def ratio(found: dict[str, list[float]], ours: str, yardstick: str, goal: str) -> float:
    value = statistics.median(found[ours]) / statistics.median(found[yardstick])
    print(f"  {ours} / {yardstick} = {value:.2f}   goal {goal}")
    return value
