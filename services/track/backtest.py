"""What a change of watches or rules would have changed: two lists of alerts over the same articles."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.alert import Alert
from schemas.base import Level

Cause = tuple[str, str]
"""(watch, what caused it): an article, or for a timer its kind and time."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The same cause says something else now."""

    old: tuple[Alert, ...]
    new: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    unchanged: int
    gained: tuple[Alert, ...]
    lost: tuple[Alert, ...]
    moved: tuple[Moved, ...]

    def critical(self) -> Iterator[str]:
        """A line for each critical alert that is gained, lost or moved."""
        yield from (f"gained  {line(a)}" for a in self.gained if a.level is Level.CRITICAL)
        yield from (f"lost    {line(a)}" for a in self.lost if a.level is Level.CRITICAL)
        for moved in self.moved:
            if any(a.level is Level.CRITICAL for a in (*moved.old, *moved.new)):
                yield f"moved   {_all(moved.old)}  ->  {_all(moved.new)}"


def compare(old: Iterable[Alert], new: Iterable[Alert]) -> Comparison:
    """Alerts are matched by watch and cause; ids are not compared, as another founder gives an incident another id."""
    before, after = _by_cause(old), _by_cause(new)
    gained = [a for cause in after if cause not in before for a in after[cause]]
    lost = [a for cause in before if cause not in after for a in before[cause]]
    both = [cause for cause in before if cause in after]
    changed = [c for c in both if Counter(map(_said, before[c])) != Counter(map(_said, after[c]))]
    moved = tuple(Moved(tuple(before[c]), tuple(after[c])) for c in changed)
    unchanged = sum(len(before[c]) for c in both) - sum(len(before[c]) for c in changed)
    return Comparison(unchanged, tuple(gained), tuple(lost), moved)


def _by_cause(alerts: Iterable[Alert]) -> dict[Cause, list[Alert]]:
    found: dict[Cause, list[Alert]] = defaultdict(list)
    for alert in alerts:
        found[alert.watch_id, alert.article_id or f"{alert.kind.value} {alert.at.isoformat()}"].append(alert)
    return found


def _said(alert: Alert) -> tuple[str, str]:
    return alert.kind.value, alert.level.value


def line(alert: Alert) -> str:
    """One alert in one line."""
    cause = alert.article_id or "time"
    types = ",".join(t.value for t in alert.signals) or "-"
    at = alert.at.strftime("%Y-%m-%d %H:%M")
    return f"{at}  {alert.watch_id}  {alert.kind.value} {alert.level.value}  {types}  {cause}  ({alert.reason})"


def _all(alerts: Iterable[Alert]) -> str:
    return " + ".join(line(a) for a in alerts)


def report(comparison: Comparison, most: int = 20) -> Iterator[str]:
    """The comparison in lines: the counts, every critical change, and the first `most` of each kind."""
    c = comparison
    yield f"unchanged {c.unchanged}  gained {len(c.gained)}  lost {len(c.lost)}  moved {len(c.moved)}"
    critical = list(c.critical())
    yield f"critical changes {len(critical)}"
    yield from (f"  {each}" for each in critical)
    for name, lines in (
        ("gained", [line(a) for a in c.gained]),
        ("lost", [line(a) for a in c.lost]),
        ("moved", [f"{_all(m.old)}  ->  {_all(m.new)}" for m in c.moved]),
    ):
        if lines:
            yield f"{name}, first {min(most, len(lines))} of {len(lines)}"
            yield from (f"  {each}" for each in lines[:most])
