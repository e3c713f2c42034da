"""Incidents and explanations as lines of text, readable with Arabic and Latin in one line."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from schemas.alert import Alert
from schemas.incident import Claim, Contribution, Incident, NearMiss, Range, WatchState
from services.track.explain import Chain, Handled
from services.track.reasons import MEANING
from services.track.removal import WATCH_REMOVED

FIRST_STRONG, POP = "\u2068", "\u2069"

MEANINGS = {**MEANING, WATCH_REMOVED: "the watch was removed: nothing more is decided there"}


def apart(text: str) -> str:
    """The text isolated, so that its direction disorders nothing around it; on one line."""
    return f"{FIRST_STRONG}{' '.join(text.split())}{POP}" if text else ""


def stamp(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else "-"


def figures(dead: Range | None) -> str:
    if dead is None:
        return "-"
    return str(dead.low) if dead.low == dead.high else f"{dead.low}-{dead.high}"


def rows(incidents: Iterable[Incident]) -> Iterator[str]:
    """One line an incident."""
    for incident in incidents:
        yield (
            f"{incident.id[:12]}  {incident.status.value:<9} {incident.level.value:<9} {stamp(incident.last_report_at)}"
            f"  {incident.watch_id}  {'+'.join(kind.value for kind in incident.types)}"
            f"  killed {figures(incident.killed)}  {apart(incident.title)}"
        )


def incident(shown: Incident) -> Iterator[str]:
    """Everything about one incident."""
    yield f"incident   {shown.id}"
    yield f"watch      {shown.watch_id}"
    reason = f" ({shown.reason})" if shown.reason else ""
    yield f"status     {shown.status.value}{reason}, level {shown.level.value}, revision {shown.revision}"
    yield f"what       {', '.join(kind.value for kind in shown.types)} ({shown.direction.value})"
    yield f"when       {stamp(shown.event_at)}"
    yield f"reported   first {stamp(shown.opened_at)}, last {stamp(shown.last_report_at)}"
    yield f"episode    {shown.episode}"
    if shown.places:
        yield f"where      {', '.join(map(apart, shown.places))}"
    if shown.actors:
        yield f"who        {', '.join(map(apart, shown.actors))}"
    yield f"casualties killed {figures(shown.killed)}, injured {figures(shown.injured)}"
    disputed = ", disputed" if shown.disputed else ""
    yield f"believed   {shown.confidence:.2f}, independent publishers: {shown.sources}{disputed}"
    if shown.acknowledged is not None:
        yield f"seen       {apart(shown.acknowledged)}"
    if shown.merged_into:
        yield f"merged     into {shown.merged_into}"
    yield "claims"
    for claim in shown.claims:
        yield from _claim(claim)


def _claim(claim: Claim) -> Iterator[str]:
    says = f", citing {apart(claim.attribution)}" if claim.attribution else ""
    denies = "denies " if claim.denies else ""
    yield f"  {stamp(claim.at)}  {claim.source}{says}: {denies}{claim.type.value}, killed {figures(claim.killed)}"
    yield f"    «{apart(claim.quote)}»"
    yield f"    article {claim.article_id} version {claim.article_version}{' ' + claim.url if claim.url else ''}"


def chain(shown: Chain) -> Iterator[str]:
    """The whole explanation: article, signals, decisions, what held back, what was said and to whom."""
    yield f"watch    {shown.watch_id}"
    yield from _article(shown)
    for handled in shown.handled:
        yield from _handled(handled)
    if shown.article_id and not shown.handled:
        yield from _never(shown)
    if shown.held:
        yield "held back"
        for miss in shown.held:
            yield from _near_miss(miss)
    for alert in shown.alerts:
        yield from _alert(alert)
    if shown.alerts and not shown.notifications:
        yield "sent to  nobody yet"
    for sent in shown.notifications:
        error = f": {sent.error}" if sent.error else ""
        yield f"sent to  {sent.subscription_id}: {sent.status.value} by {sent.reason}, attempts: {sent.attempts}{error}"
    for known in shown.incidents:
        yield f"incident {known.id}: {known.status.value}, {known.level.value}, episode {known.episode}, " + (
            f"reports: {len(known.observation_ids)}, independent publishers: {known.sources}"
        )
    if shown.state is not None:
        yield from _state(shown.state)


def _article(shown: Chain) -> Iterator[str]:
    if shown.article_id is None:
        yield "cause    no article: time, coverage or the operator"
        return
    yield f"article  {shown.article_id}"
    if shown.article is None:
        yield "         not in the archive: never accepted, or older than it keeps"
        return
    article = shown.article
    yield f"         {apart(article.title)}"
    yield f"         {article.source}, version {article.version}, published {stamp(article.published_at)}, " + (
        f"first seen {stamp(article.first_seen_at)}"
    )
    if article.url:
        yield f"         {article.url}"


def _never(shown: Chain) -> Iterator[str]:
    if shown.watch_id in shown.observed_at:
        yield "reported here by analysis; tracking has not handled it yet, or it is older than thirty days"
    elif shown.article is not None:
        where = f"; it was observed at {', '.join(sorted(shown.observed_at))}" if shown.observed_at else ""
        yield f"analysis found no signal in it that surely enough belongs to this watch{where}"


def _handled(handled: Handled) -> Iterator[str]:
    yield f"observed {stamp(handled.at)} as {handled.observation_id}"
    for signal in handled.verdict.get("signals", ()):
        yield from _signal(signal)
    if rule := handled.verdict.get("rule"):
        yield f"  rule   {rule}: {MEANINGS.get(rule, '')}"
    for event in handled.verdict.get("events", ()):
        yield from _event(event)


def _signal(signal: dict[str, Any]) -> Iterator[str]:
    places = ", ".join(apart(place) for place in signal.get("places", ()))
    toll = "".join(f", {what} {signal[what]}" for what in ("killed", "injured") if what in signal)
    yield (
        f"  signal {signal['index']}: {signal['type']}, {signal['status']}, {signal['direction']}, "
        f"confidence {signal['confidence']:.2f}{toll}{', at ' + places if places else ''}"
    )
    yield f"         «{apart(signal['quote'])}»"


def _event(event: dict[str, Any]) -> Iterator[str]:
    where = f" incident {event['incident_id']}" if event.get("incident_id") else ""
    rule = f" by {event['rule']}: {MEANINGS.get(event['rule'], '')}" if event.get("rule") else ""
    yield f"  event  {event['part']} ({'+'.join(event['types'])}): {event['decision']}{where}{rule}"
    summands = event.get("summands") or {}
    if summands:
        sums = " ".join(f"{value:+g} {name}" for name, value in summands.items())
        yield f"         likeness to the nearest incident {event['best_score']:g} = {sums}"


def _near_miss(miss: NearMiss) -> Iterator[str]:
    what = "+".join(kind.value for kind in miss.types) or "nothing"
    joined = f" (joined {miss.incident_id})" if miss.incident_id else ""
    yield f"  {what}: {miss.rule}: {miss.detail}{joined}"


def _alert(alert: Alert) -> Iterator[str]:
    flags = "".join(f", {flag}" for flag in ("contested", "blind", "disputed") if getattr(alert, flag))
    yield f"alert    {alert.alert_id}: {alert.kind.value}, {alert.level.value}{flags}, {stamp(alert.at)}"
    detail = f" ({apart(alert.detail)})" if alert.detail else ""
    yield f"  rule   {alert.reason}: {MEANINGS.get(alert.reason, '')}{detail}"
    yield from _sum(alert.reasons)


def _state(state: WatchState) -> Iterator[str]:
    flags = "".join(f", {flag}" for flag in ("contested", "blind") if getattr(state, flag))
    blind = f" ({state.blind_reason})" if state.blind_reason else ""
    yield f"now      {state.level.value}{flags}{blind}: escalation {state.escalation:.2f}, easing {state.easing:.2f}"
    yield from _sum(state.reasons)


def _sum(reasons: Iterable[Contribution]) -> Iterator[str]:
    for reason in reasons:
        detail = f" = {apart(reason.detail)}" if reason.detail else ""
        yield f"  {reason.value:+8.2f}  {reason.rule}{' ' + reason.incident_id if reason.incident_id else ''}{detail}"
