"""Settings come from MARSAD_ variables; a wrong value says which and why, and secrets stay secret."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.runtime.errors import ConfigurationError
from services.runtime.settings import Settings, reference

WRONG = [
    ("KAFKA_SESSION_TIMEOUT", "60", "less than or equal to 10"),
    ("KAFKA_PARTITIONS", "أربعة", "valid integer"),
    ("KAFKA_PROTOCOL", "TLS", "'SASL_SSL'"),
    ("BOOTSTRAP", "kafka", "pattern"),
    ("HTTP_PORT", "70000", "65535"),
    ("STORE", "mysql://localhost/marsad", "postgresql+psycopg://"),
    ("STORE", "postgresql+psycopg://marsad:hun:ter2@host:p@rt:x/marsad", "not a URL"),
    ("WATCHES", "/لا/يوجد.yml", "cannot be read"),
    ("ARTICLES", "/لا/يوجد.jsonl", "cannot be read"),
    ("ARTICLES", "/", "cannot be read"),
    ("PEERS", "analyze", "NAME=http://"),
    ("LOG_LEVEL", "loud", "'debug'"),
]


@pytest.mark.parametrize(("name", "value", "why"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_value_says_which_variable_and_why(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(f"MARSAD_{name}", value)
    with pytest.raises(ConfigurationError) as refused:
        Settings.load()
    assert str(refused.value).startswith(f"MARSAD_{name}: ")
    assert why in str(refused.value)
    assert "ter2" not in str(refused.value)


def test_a_speed_of_time_without_its_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_CLOCK_RATE", "3600")
    with pytest.raises(ConfigurationError, match="MARSAD_CLOCK_RATE=3600 needs MARSAD_CLOCK_START"):
        Settings.load()


def test_articles_may_come_from_standard_input() -> None:
    assert str(Settings.load(articles=Path("-")).articles) == "-"


def test_sasl_without_a_login_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_KAFKA_PROTOCOL", "SASL_SSL")
    with pytest.raises(ConfigurationError, match="MARSAD_KAFKA_USERNAME and MARSAD_KAFKA_PASSWORD"):
        Settings.load()


def test_the_command_prints_the_fault_without_a_traceback_and_leaves_with_2() -> None:
    command = [sys.executable, "-m", "services.runtime.cli", "config"]
    done = subprocess.run(command, env={"MARSAD_KAFKA_PARTITIONS": "-1"}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("marsad: MARSAD_KAFKA_PARTITIONS: ")
    assert "Traceback" not in done.stderr


def test_what_the_command_line_gives_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_HTTP_PORT", "8081")
    assert Settings.load(http_port=None).http_port == 8081
    assert Settings.load(http_port=8082).http_port == 8082


def test_a_child_process_loads_the_same_settings_from_the_environment_it_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gazetteers = (tmp_path / "أماكن.tsv", tmp_path / "places.tsv")
    given = Settings.load(
        gazetteers=gazetteers,
        kafka_protocol="SASL_PLAINTEXT",
        kafka_username="مرصد",
        kafka_password="كلمة=سرّ,طويلة",
        peers={"analyze": "http://127.0.0.1:1", "track": "http://127.0.0.1:2"},
    )
    for name, value in given.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.load() == given


def test_passwords_are_not_shown() -> None:
    settings = Settings.load(
        kafka_username="u", kafka_password="hunter2", store="postgresql+psycopg://marsad:hunter2@db/marsad"
    )
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_kafka_clients_get_the_login_over_tls() -> None:
    settings = Settings.load(kafka_protocol="SASL_SSL", kafka_username="marsad", kafka_password="hunter2")
    client = settings.kafka_client()
    assert client["security_protocol"] == "SASL_SSL"
    assert client["ssl_context"].check_hostname
    assert (client["sasl_mechanism"], client["sasl_plain_password"]) == ("SCRAM-SHA-512", "hunter2")


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("ليست شهادة", encoding="utf-8")
    settings = Settings.load(kafka_protocol="SSL", kafka_ca_file=wrong)
    with pytest.raises(ConfigurationError, match="MARSAD_KAFKA_CA_FILE"):
        settings.kafka_client()


def test_the_reference_names_every_setting_with_a_meaning() -> None:
    lines = reference().splitlines()
    for name, field in Settings.model_fields.items():
        assert field.description
        assert any(line.startswith(f"| `MARSAD_{name.upper()}` |") for line in lines)
