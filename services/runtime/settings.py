"""All settings, in one class: environment variables `MARSAD_*`; `marsad config` prints this list."""

import os
import ssl
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.runtime.errors import ConfigurationError, first_fault

PREFIX = "MARSAD_"

KafkaProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """Frozen, so that it can be handed down: `Settings.load()` once, at the start of a command."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(default=Path(".marsad"), description="Where the embedded store and local files live.")
    store: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy URL of the store: `sqlite:///PATH` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`. "
        "Without it, SQLite in the data directory.",
    )

    bootstrap: str = Field(
        default="127.0.0.1:9092",
        pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$",
        description="Kafka brokers, `HOST:PORT[,HOST:PORT…]`.",
    )
    kafka_protocol: KafkaProtocol = Field(default="PLAINTEXT", description="How to speak to the brokers.")
    kafka_sasl_mechanism: SaslMechanism = Field(default="SCRAM-SHA-512", description="How to log in, with SASL.")
    kafka_username: str | None = Field(default=None, description="User name, with SASL.")
    kafka_password: SecretStr | None = Field(default=None, description="Password, with SASL.")
    kafka_ca_file: Path | None = Field(default=None, description="Certificate authorities to trust, with TLS (PEM).")
    kafka_cert_file: Path | None = Field(default=None, description="Client certificate, with TLS (PEM).")
    kafka_key_file: Path | None = Field(default=None, description="Key of the client certificate (PEM).")
    kafka_session_timeout: float = Field(
        default=8.0,
        ge=6,
        le=10,
        description="Seconds after which a worker that went silent loses its partitions to another.",
    )
    kafka_partitions: int = Field(default=4, ge=1, le=1000, description="Partitions of the topics that are created.")
    kafka_replication: int = Field(
        default=1, ge=1, le=9, description="Copies of each partition that are created; 3 in production."
    )

    http_host: str = Field(default="127.0.0.1", description="Address that the board and ingest listen on.")
    http_port: int = Field(default=8080, ge=0, le=65535, description="Port that the board and ingest listen on.")
    http_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Bearer token that board and ingest ask for; "
        "needed in practice where they listen beyond this machine.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="Address of /metrics, /healthz and /readyz of analyze, track and notify; "
        "those of board and ingest are at `MARSAD_HTTP_HOST`.",
    )
    metrics_port: int = Field(
        default=9100, ge=1, le=65535, description="Port of /metrics, /healthz and /readyz of analyze, track and notify."
    )
    peers: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="Services whose readiness the board reports beside its own: `NAME=http://HOST:PORT,…`.",
    )

    watches: Path | None = Field(
        default=None,
        description="Watches file that `marsad up` applies at start and on change; "
        "without it, apply one by `marsad watches apply` or `PUT /watches`.",
    )
    rules: Path | None = Field(
        default=None, description="Figures laid over track's shipped rules; try them with `marsad replay --rules`."
    )
    subscriptions: Path | None = Field(default=None, description="Subscriptions file; notify reads it.")
    articles: Path | None = Field(
        default=None, description="JSON Lines of articles that ingest reads at start; `-` is standard input."
    )
    feeds: Path | None = Field(default=None, description="Feeds file; ingest reads it.")
    feed_interval_seconds: float = Field(default=300.0, ge=5, description="Pause between two readings of a feed.")
    gazetteers: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="More places: tables or GeoNames dumps, separated by commas."
    )
    encoder: bool = Field(
        default=True,
        description="Whether sentences about watched places are read by the encoder too; without it analysis is "
        "several times faster and less exact.",
    )
    heartbeat_seconds: float = Field(default=60.0, gt=0, description="Pause between two heartbeats of a source.")

    clock_rate: float = Field(
        default=1.0,
        gt=0,
        description="Speed of time, for rehearsals: 3600 makes each second an hour. Needs `MARSAD_CLOCK_START`.",
    )
    clock_start: AwareDatetime | None = Field(
        default=None, description="When time began to run at that speed, alike for all services; ISO 8601 with zone."
    )
    clock_offset_seconds: float = Field(
        default=0.0, description="Seconds that Marsad's time is ahead of the wall's, to play recorded articles."
    )

    log_level: LogLevel = Field(default="info", description="Least important log line that is written.")
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="Log lines as JSON or for reading; auto reads well on a terminal, else JSON."
    )

    @field_validator("gazetteers", mode="before")
    @classmethod
    def _split_paths(cls, value: Any) -> Any:
        return [part for part in value.split(",") if part] if isinstance(value, str) else value

    @field_validator("peers", mode="before")
    @classmethod
    def _split_peers(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part]
        if any(not name or not url.startswith("http") for name, _, url in pairs):
            raise ValueError("give NAME=http://HOST:PORT, separated by commas")
        return {name: url for name, _, url in pairs}

    @field_validator("store")
    @classmethod
    def _known_store(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        if not value.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("a store is sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME")
        from sqlalchemy.engine import make_url  # only where there is a URL: most commands need no store
        from sqlalchemy.exc import ArgumentError

        try:
            make_url(value.get_secret_value())
        except (ArgumentError, ValueError):  # whose words repeat what may be a piece of the password
            raise ValueError(
                "not a URL; of USER and PASSWORD, write signs such as @ : / ? as their percent codes (%40 %3A %2F %3F)"
            ) from None
        return value

    @field_validator(
        "kafka_ca_file", "kafka_cert_file", "kafka_key_file", "watches", "rules", "subscriptions", "articles", "feeds"
    )
    @classmethod
    def _readable(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        is_input = info.field_name == "articles" and str(value) == "-"
        if value is not None and not is_input and (value.is_dir() or not os.access(value, os.R_OK)):
            raise ValueError(f"the file {value} cannot be read")
        return value

    @model_validator(mode="after")
    def _login_complete(self) -> "Settings":
        if self.kafka_protocol.startswith("SASL") and not (self.kafka_username and self.kafka_password):
            raise ValueError(
                f"{PREFIX}KAFKA_PROTOCOL={self.kafka_protocol} needs {PREFIX}KAFKA_USERNAME and {PREFIX}KAFKA_PASSWORD"
            )
        return self

    @model_validator(mode="after")
    def _speed_has_a_start(self) -> "Settings":
        if self.clock_rate != 1 and self.clock_start is None:
            raise ValueError(
                f"{PREFIX}CLOCK_RATE={self.clock_rate:g} needs {PREFIX}CLOCK_START, alike for all services"
            )
        return self

    @classmethod
    def load(cls, **given: Any) -> "Settings":
        """Settings from the environment; `given` (from the command line) wins, except where it is None.

        Raises ConfigurationError, which says which variable is wrong and why.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            field, message = first_fault(error)
            name = PREFIX + field.partition(".")[0].upper() if field else "settings"
            raise ConfigurationError(f"{name}: {message}") from None

    @property
    def store_url(self) -> str:
        """SQLAlchemy's URL; may hold a password."""
        return self.store.get_secret_value() if self.store else f"sqlite:///{self.data_dir.resolve() / 'marsad.db'}"

    @cached_property
    def ssl_context(self) -> ssl.SSLContext | None:
        """TLS for the brokers, or None. Raises ConfigurationError for unusable certificates."""
        if not self.kafka_protocol.endswith("SSL"):
            return None
        try:
            context = ssl.create_default_context(cafile=self.kafka_ca_file)
            if self.kafka_cert_file:
                context.load_cert_chain(self.kafka_cert_file, self.kafka_key_file)
        except (ssl.SSLError, OSError) as error:
            raise ConfigurationError(f"{PREFIX}KAFKA_CA_FILE or {PREFIX}KAFKA_CERT_FILE: {error}") from error
        return context

    def kafka_client(self) -> dict[str, Any]:
        """Arguments that every aiokafka client of ours takes."""
        client: dict[str, Any] = {"bootstrap_servers": self.bootstrap, "security_protocol": self.kafka_protocol}
        if self.ssl_context:
            client["ssl_context"] = self.ssl_context
        if self.kafka_protocol.startswith("SASL"):
            assert self.kafka_password is not None
            client |= {
                "sasl_mechanism": self.kafka_sasl_mechanism,
                "sasl_plain_username": self.kafka_username,
                "sasl_plain_password": self.kafka_password.get_secret_value(),
            }
        return client

    def environment(self) -> dict[str, str]:
        """`MARSAD_*` variables from which a child process loads these settings again (secrets in clear)."""
        return {
            PREFIX + name.upper(): text
            for name in type(self).model_fields
            if (text := _as_text(getattr(self, name))) is not None
        }


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return ",".join(f"{name}={url}" for name, url in value.items())
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return str(value)


def reference() -> str:
    """The settings as a Markdown table."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_shown_default(field)} | {_meaning(field)} |"
        for name, field in Settings.model_fields.items()
    ]
    head = "# Configuration\n\nWritten by `marsad config --out docs/configuration.md`.\n\n"
    return head + "| variable | default | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _shown_default(field: FieldInfo) -> str:
    default = _as_text(field.get_default(call_default_factory=True))
    return f"`{default}`" if default else ""


def _meaning(field: FieldInfo) -> str:
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    listed = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
    return f"{field.description}{listed}"
