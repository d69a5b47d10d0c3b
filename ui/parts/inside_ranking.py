"""The ranking of filters as bars: what accuracy loses when one is muted."""

MOST = 24  # bars


def bars(damage: list[float]) -> str:
    """The most damaging first; those that help when muted have their bar on the other side."""
    order = sorted(range(len(damage)), key=lambda each: -damage[each])
    shown = order if len(order) <= MOST else [*order[: MOST - 4], *order[-4:]]
    most = max((abs(each) for each in damage), default=0.0) or 1.0
    lines = "".join(_bar(number, damage[number], most) for number in shown)
    rest = f"<p>{len(order) - len(shown)} filters in between are left out.</p>" if len(order) > len(shown) else ""
    return f'<div class="ink-damage" data-testid="damage">{lines}{rest}</div>'


def _bar(number: int, damage: float, most: float) -> str:
    wide = 100 * abs(damage) / most
    side = "loss" if damage > 0 else "gain"
    sign = "−" if damage > 0 else "+" if damage < 0 else ""
    return (
        f"<div><span>filter {number + 1}</span><i><em class='{side}' style='width:{wide:.1f}%'></em></i>"
        f"<span>{sign}{100 * abs(damage):.2f}</span></div>"
    )
