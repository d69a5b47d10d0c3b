"""Front: which of several recipes are worth their time? Those that no other one beats in both, time and accuracy."""

from collections.abc import Sequence


def front(points: Sequence[tuple[float, float]], higher: bool = True) -> list[int]:
    """The places of the (seconds, figure) pairs that nothing quicker equals (Pareto), from quick to slow."""
    sign = -1 if higher else 1
    order = sorted(range(len(points)), key=lambda place: (points[place][0], sign * points[place][1]))
    found: list[int] = []
    for place in order:
        if not found or sign * points[place][1] < sign * points[found[-1]][1]:
            found.append(place)
    return found
