"""Who may know whom: services share only schemas and the runtime, and the pure cores know no machinery."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVICES = ("ingest", "analyze", "track", "notify", "board")
MACHINERY = {"aiokafka", "faust", "sqlalchemy", "httpx", "fastapi", "prometheus_client", "asyncio", "time", "random"}
PURE = [
    *(f"services/analyze/{part}" for part in ("text", "places", "signals")),
    *(f"services/analyze/{name}.py" for name in ("core", "watches", "document", "observe", "yamldata")),
    *(
        f"services/track/{name}.py"
        for name in (
            "alerts arrange backtest bearings book core coverage cues identity incident memory nesting reasons removal "
            "replay reports rules state telling texts turn"
        ).split()
    ),
    "services/notify/routing.py",
    "services/notify/render.py",
]


def files(path: str) -> Iterator[Path]:
    there = ROOT / path
    assert there.exists(), f"{there} is not there any more"
    yield from [there] if there.is_file() else sorted(there.rglob("*.py"))


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_never_imports_another(service: str) -> None:
    others = tuple(f"services.{other}" for other in SERVICES if other != service)
    for file in files(f"services/{service}"):
        assert not {name for name in imported(file) if name.startswith(others)}, file


@pytest.mark.parametrize("path", PURE)
def test_the_pure_cores_know_no_broker_clock_network_or_database(path: str) -> None:
    for file in files(path):
        if file.name == "train.py":
            continue  # a command
        assert not {name.split(".")[0] for name in imported(file)} & MACHINERY, file
        assert not {name for name in imported(file) if name.startswith("services.runtime")}, file


def test_schemas_know_nobody() -> None:
    for file in files("schemas"):
        assert not {name for name in imported(file) if name.startswith("services")}, file
