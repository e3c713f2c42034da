"""An alert as a message in Arabic or English, for an analyst at the end of a long night.

The first line says level, place, what, how many, who; the rest says why it can be believed. Every line starts with a
word of the message's own language, so that a terminal lays it out in that direction; every foreign part is isolated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.alert import Alert, AlertKind, AlertQuote
from schemas.base import BothNames, Direction, Level, Status
from services.notify.bidi import clean, excerpt, isolate, shorten
from services.notify.words import Words, words

Language = Literal["ar", "en"]

MARK = {Level.CALM: "🟢", Level.HEADS_UP: "🟡", Level.ELEVATED: "🟠", Level.CRITICAL: "🔴"}
EASING_MARK = "🔵"
BLIND_MARK = "⚫"
QUOTE_LIMIT = 280
"""Characters of a quote: two lines and a half of a terminal."""
DETAILED = ("operator", "sources_silent", "withdrawn_by_source", "watch_removed")
"""Rules whose detail says what no other line of the message does."""
QUOTES_SHOWN = 2
TYPES_SHOWN = 3
NAMES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Message:
    headline: str
    body: str

    @property
    def text(self) -> str:
        return f"{self.headline}\n{self.body}" if self.body else self.headline


def render(alert: Alert, language: Language) -> Message:
    w = words(language)
    lines = [*_quotes(alert, w), *_flags(alert, w), *_facts(alert, w)]
    return Message(headline(alert, language), "\n".join(lines))


def headline(alert: Alert, language: Language) -> str:
    """Level, place, what, how many, who: one line."""
    w = words(language)
    parts = [_level(alert, w), both_names(alert.watch_name, language) or isolate(alert.watch_id), _what(alert, w)]
    parts += [_casualties(alert, w), _who(alert)]
    return f"{_mark(alert)} " + " · ".join(part for part in parts if part)


def _mark(alert: Alert) -> str:
    if _blind_state(alert):
        return BLIND_MARK
    return EASING_MARK if alert.direction is Direction.EASING else MARK[alert.level]


def both_names(name: BothNames, language: Language) -> str:
    """The place in the reader's script first, the other script in brackets."""
    own = clean(name.in_language(language))
    other = clean((name.en if language == "ar" else name.ar) or "")
    return f"{isolate(own)} ({isolate(other)})" if other and other != own else isolate(own)


def _level(alert: Alert, w: Words) -> str:
    level = w("level", alert.level)
    if _blind_state(alert):
        level = w("blind_level").format(level=level)
    tags = [_kind(alert, w), *(w("tag", flag) for flag in ("contested", "disputed") if getattr(alert, flag))]
    said = f"{level} ({w.join([tag for tag in tags if tag])})" if any(tags) else level
    return f"{w('sample')} · {said}" if alert.sample else said


def _blind_state(alert: Alert) -> bool:
    """The level of a watch that nobody sees is not to be trusted; that of an incident is what was reported."""
    return alert.blind and alert.incident_id is None


def _kind(alert: Alert, w: Words) -> str:
    """A new escalating incident goes without saying; of an easing one `escalated` means that it carries more weight."""
    if alert.direction is Direction.EASING and w.knows("easing_kind", alert.kind):
        return w("easing_kind", alert.kind)
    return "" if alert.kind is AlertKind.OPENED else w("kind", alert.kind)


def _what(alert: Alert, w: Words) -> str:
    kinds = w.join([w("type", signal) for signal in alert.signals[:TYPES_SHOWN]])
    statuses = {quote.status for quote in alert.quotes}
    unreal = statuses.pop() if len(statuses) == 1 else Status.ACTUAL
    return kinds if unreal is Status.ACTUAL or not kinds else f"{kinds} ({w('status', unreal)})"


def _casualties(alert: Alert, w: Words) -> str:
    figures = (("killed", alert.killed), ("injured", alert.injured))
    return w.join([w.span(noun, found) for noun, found in figures if found is not None and found.high > 0])


def _who(alert: Alert) -> str:
    if not alert.quotes:
        return ""
    return isolate(shorten(alert.quotes[0].attribution or alert.quotes[0].source, 60))


def _quotes(alert: Alert, w: Words) -> list[str]:
    shown = _one_an_article(alert.quotes)[:QUOTES_SHOWN]
    lines = [line for quote in shown for line in _quote(quote, w)]
    hidden = len({clean(quote.quote) for quote in alert.quotes} - {clean(quote.quote) for quote in shown})
    return [*lines, w.count("more", hidden)] if hidden else lines


def _one_an_article(quotes: Sequence[AlertQuote]) -> list[AlertQuote]:
    """The first quote of each article: one sentence may carry several signals, and two articles say more than one."""
    first: dict[str, AlertQuote] = {}
    for quote in quotes:
        first.setdefault(quote.article_id, quote)
    return list(first.values())


def _quote(quote: AlertQuote, w: Words) -> list[str]:
    status = "" if quote.status is Status.ACTUAL else f" ({w('status', quote.status)})"
    said = f"{w('label', 'says')}{status}: «{isolate(excerpt(quote.quote, QUOTE_LIMIT, quote.places))}»"
    who = f"{w('label', 'source')}: {isolate(quote.source)}"
    if quote.attribution and clean(quote.attribution) != clean(quote.source):
        who += f"{w('comma')}{w('label', 'citing')} {isolate(shorten(quote.attribution, 80))}"
    if quote.published_at:
        who += f"{w('comma')}{isolate(f'{quote.published_at:%Y-%m-%d %H:%M} UTC')}"
    link = [f"{w('label', 'link')}: {isolate(quote.url)}"] if quote.url else []
    return [said, who, *link]


def _flags(alert: Alert, w: Words) -> list[str]:
    return [w(flag) for flag in ("contested", "disputed", "blind") if getattr(alert, flag)]


def _facts(alert: Alert, w: Words) -> list[str]:
    lines = []
    known = {clean(name) for name in (alert.watch_name.ar, alert.watch_name.en) if name}
    spelt = [place.replace("_", " ").replace("#", "") for place in alert.places]
    places = [place for place in spelt if clean(place) not in known]
    for label, names in (("where", places), ("actors", [w.actor(each) for each in alert.actors])):
        if names:
            lines.append(f"{w('label', label)}: {w.join([isolate(name) for name in names[:NAMES_SHOWN]])}")
    if alert.sources > 1:
        lines.append(f"{w('label', 'backing')}: {w.count('sources', alert.sources)}")
    told = alert.detail and alert.reason in DETAILED
    detail = f" ({isolate(shorten(alert.detail, QUOTE_LIMIT))})" if told else ""
    lines.append(f"{w('label', 'reason')}: {isolate(w('reason', alert.reason))}{detail}")
    lines.append(f"{w('label', 'at')}: {isolate(f'{alert.at:%Y-%m-%d %H:%M} UTC')}")
    return lines
