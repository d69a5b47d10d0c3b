"""`bench inside` has a figure and a limit for everything the page does while somebody waits."""

from bench import BENCHES
from bench.inside import LIMITS, measure


def test_every_limit_has_its_figure_and_none_is_missed_by_far():
    assert "inside" in BENCHES
    value = measure(quick=True)
    assert {"ours", "plain", "ratio", "limit"} <= set(value)
    for name in LIMITS:
        assert 0 < value["seconds"][name] < 5 * LIMITS[name], name
    assert value["ratio"] * value["plain"] - value["ours"] < 1e-9
