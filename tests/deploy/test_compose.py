"""docker-compose.yml, as far as it can be proven without an engine."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.subscription import SubscriptionFile
from schemas.watch import WatchFile
from services.runtime import metrics
from services.runtime.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"].startswith("marsad:")}
ONCE = ("migrate", "watches")
"""They do their work and end."""
SECRETS = {"POSTGRES_PASSWORD": "p4ss", "GRAFANA_PASSWORD": "p4ss", "DESK_WEBHOOK_SECRET": ""}


def resolved(value: str) -> str:
    """A compose value with its variables put in, as compose does."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: SECRETS[found[1]], value)


def test_it_follows_the_compose_specification() -> None:
    command = [str(Path(sys.executable).parent / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    subprocess.run([*command, str(ROOT / "docker-compose.yml")], check=True, capture_output=True)


def test_the_five_services_and_what_prepares_the_store_come_from_one_image() -> None:
    assert set(OURS) == {*ONCE, "ingest", "analyze", "track", "notify", "board"}
    assert len({service["image"] for service in OURS.values()}) == 1


@pytest.mark.parametrize("name", OURS)
def test_the_settings_know_every_variable_that_is_set_and_accept_its_value(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {key: resolved(value) for key, value in OURS[name]["environment"].items() if key.startswith(PREFIX)}
    assert {key.removeprefix(PREFIX).lower() for key in given} <= set(Settings.model_fields)
    for key, value in given.items():
        monkeypatch.setenv(key, value.replace("/config/", f"{ROOT}/deploy/config/"))
    settings = Settings.load()
    assert settings.bootstrap == "kafka:9092"
    assert settings.store_url == "postgresql+psycopg://marsad:p4ss@postgres:5432/marsad"


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    command = [Path(sys.executable).parent / "marsad", *OURS[name]["command"], "--help"]
    subprocess.run(command, check=True, capture_output=True)


def test_nothing_is_published_beyond_loopback() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_service_restarts_and_says_whether_it_is_well() -> None:
    for name, service in COMPOSE["services"].items():
        if name in ONCE:
            continue
        assert service["restart"] == "unless-stopped", name
    lasting = [name for name in OURS if name not in ONCE]
    assert all("healthcheck" in COMPOSE["services"][name] for name in [*lasting, "kafka", "postgres"])


def test_passwords_have_no_default_and_are_listed_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in set(re.findall(r"\$\{(\w+)", text)):
        assert f"{name}=\n" in example, name
    assert "${POSTGRES_PASSWORD:?" in text
    assert "${GRAFANA_PASSWORD:?" in text


def test_the_configuration_it_mounts_is_valid() -> None:
    folder = ROOT / "deploy" / "config"
    WatchFile.model_validate(yaml.safe_load((folder / "watches.yml").read_text(encoding="utf-8")))
    SubscriptionFile.model_validate(yaml.safe_load((folder / "subscriptions.yml").read_text(encoding="utf-8")))


def test_prometheus_scrapes_each_service_where_it_listens() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    targets = {job["job_name"]: target(job) for job in config["scrape_configs"]}
    lasting = [name for name in OURS if name not in ONCE]
    assert set(targets) == set(lasting)
    for name in lasting:
        environment = OURS[name]["environment"]
        port = environment["MARSAD_HTTP_PORT" if name in ("ingest", "board") else "MARSAD_METRICS_PORT"]
        assert targets[name] == f"{name}:{port}"
        assert OURS[name]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{port}/readyz"


def target(job: dict[str, Any]) -> str:
    """HOST:PORT of a job; one whose service may have several processes looks all their addresses up."""
    if "dns_sd_configs" in job:
        (found,) = job["dns_sd_configs"]
        return f"{found['names'][0]}:{found['port']}"
    (address,) = job["static_configs"][0]["targets"]
    return str(address)


def test_prometheus_finds_every_process_of_what_may_be_scaled() -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    looked_up = {job["job_name"] for job in config["scrape_configs"] if "dns_sd_configs" in job}
    assert looked_up == {name for name in OURS if name not in ONCE and "ports" not in OURS[name]}


def queries() -> list[str]:
    dashboard = json.loads((ROOT / "deploy/grafana/dashboards/marsad.json").read_text(encoding="utf-8"))
    rules = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text(encoding="utf-8"))
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return shown + [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("query", queries())
def test_dashboard_and_rules_ask_only_for_metrics_that_exist(query: str) -> None:
    reference = metrics.reference()
    for name in re.findall(r"marsad_\w+", query):
        assert f"`{name.removesuffix('_bucket')}`" in reference
