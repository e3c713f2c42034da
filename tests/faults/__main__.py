"""Runs the fault harness; see the package."""

import time
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from tests.faults.faults import planned
from tests.faults.judge import Account, drain, judge
from tests.faults.world import World, running

console = Console(width=120)


def main(
    seed: Annotated[int, typer.Option(help="Decides the articles, the order of the faults and whom they hit.")] = 1,
    broker: Annotated[Literal["tansu", "kafka"], typer.Option(help="Which broker carries the messages.")] = "tansu",
    store: Annotated[
        Literal["sqlite", "postgres", "auto"], typer.Option(help="auto: postgres with Kafka, else sqlite.")
    ] = "auto",
    articles: Annotated[int, typer.Option(help="At least so many articles; more while faults go on.")] = 1500,
    rate: Annotated[float, typer.Option(help="Articles a second.")] = 50.0,
    scale: Annotated[float, typer.Option(help="1 makes the store be gone for a minute; less is shorter.")] = 0.25,
    only: Annotated[str, typer.Option(help="Only faults in whose name this stands.")] = "",
    pause: Annotated[float, typer.Option(help="Seconds of rest between two faults.")] = 1.0,
    patience: Annotated[float, typer.Option(help="Seconds that the drain may take.")] = 120.0,
) -> None:
    chosen = store if store != "auto" else "postgres" if broker == "kafka" else "sqlite"
    with running(broker, chosen, seed, articles, rate) as world:
        console.print(f"seed {seed}, {world.broker.name}, {chosen}, {rate:g} articles/s")
        world.feeder.start()
        strike_all(world, only, scale, pause)
        world.feeder.finish()
        begun = time.monotonic()
        at_end = drain(world, patience)
        console.print(f"drained in {time.monotonic() - begun:.1f} s")
        account = judge(world, at_end)
        show(account)
        if account.broken:
            console.print(world.marsad.output()[-6000:], markup=False, highlight=False)
    raise typer.Exit(1 if account.broken else 0)


def strike_all(world: World, only: str, scale: float, pause: float) -> None:
    for fault in planned(world, only):
        time.sleep(pause)
        begun = time.monotonic()
        hit = fault.strike(world, scale)
        console.print(f"  {fault.name:28} {hit:32} {time.monotonic() - begun:5.1f} s")


def show(account: Account) -> None:
    table = Table("", "figure", title="Account")
    for name, value in account.figures.items():
        table.add_row(name, str(value))
    console.print(table)
    for line in account.broken:
        console.print(f"FAILED  {line}", markup=False, highlight=False, soft_wrap=True)
    console.print("nothing lost, nothing doubled" if not account.broken else "not good")


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    app()
