"""`marsad subscriptions`: check a file before it is used, and see what a message will look like."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from schemas.alert import Alert, AlertKind, AlertQuote
from schemas.base import BothNames, Level, SignalType
from schemas.incident import Range
from schemas.subscription import Subscription

subscriptions_app = typer.Typer(help="Check a subscriptions file, and try it out.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The subscriptions file.")]


@subscriptions_app.command("check")
def check_command(file: File) -> None:
    """Says what is wrong with a file, by field, or who will be told what."""
    from services.notify.subscriptions import Book, read

    for each in Book(read(file)).subscriptions:  # opening the channels checks their secrets, too
        typer.echo(f"{each.id}: {each.channel.kind}, {_scope(each)}, from {each.min_level}, in {each.language}")


def _scope(subscription: Subscription) -> str:
    watches = ", ".join(subscription.watches) or "every watch"
    types = ", ".join(subscription.types) or "every type"
    return f"{watches}, {types}"


@subscriptions_app.command("preview")
def preview_command(file: File) -> None:
    """Prints a made-up alert as each subscription would get it. Sends nothing."""
    from services.notify.render import render
    from services.notify.routing import route
    from services.notify.subscriptions import read

    now = datetime.now(UTC)
    alert = example(now)
    for each in read(file):
        decision = route(alert, each, (), now)
        sound = f", sound: {decision.sound_reason}" if decision.notify else ""
        typer.echo(f"# {each.id}: {'sent' if decision.notify else 'not sent'}, {decision.reason}{sound}")
        if decision.notify:
            typer.echo(render(alert, each.language).text + "\n")


def example(now: datetime) -> Alert:
    """An alert that everybody sees to be made up."""
    quote = AlertQuote(
        quote="سقط ثلاثة قتلى في قصف مدفعي على سوق البلدة",
        type=SignalType.SHELLING,
        source="sample.marsad",
        attribution="مصدر طبي",
        article_id="preview",
        lang="ar",
        published_at=now,
    )
    return Alert(
        alert_id="preview",
        watch_id="preview",
        watch_name=BothNames(ar="عين عيسى", en="Ain Issa"),
        incident_id="preview",
        revision=1,
        kind=AlertKind.OPENED,
        level=Level.CRITICAL,
        article_id="preview",
        at=now,
        signals=(SignalType.SHELLING,),
        reason="new_event",
        quotes=(quote,),
        killed=Range(low=3, high=3),
        sources=1,
        sample=True,
        expires_at=now + timedelta(hours=1),
    )
