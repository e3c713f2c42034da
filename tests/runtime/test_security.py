"""Apache Kafka behind TLS and a password is reached through the settings alone, by Faust and by plain clients."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.article import Article
from services.runtime import kafka, topics
from services.runtime.errors import TransientError
from services.runtime.settings import Settings
from services.runtime.wire import record
from tests.support.brokers import KafkaBroker
from tests.support.processes import Process, free_port

pytestmark = pytest.mark.kafka

PASSWORD = "سرّ-الليل"  # goes to Java in an escaped properties file
PROPERTIES = """
listeners=SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=SASL_SSL://127.0.0.1:{port}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
inter.broker.listener.name=SASL_SSL
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
username="marsad" password="{password}" user_marsad="{password}";
ssl.keystore.type=PEM
ssl.keystore.location={pem}
ssl.truststore.type=PEM
ssl.truststore.location={certificate}
"""


class GuardedKafka(KafkaBroker):
    """Apache Kafka with a certificate of its own and one user."""

    def _command(self) -> list[str]:
        key, self.certificate = self.folder / "key.pem", self.folder / "cert.pem"
        make = (
            "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
        )
        subprocess.run(
            [*make.split(), "-keyout", str(key), "-out", str(self.certificate)], check=True, capture_output=True
        )
        pem = self.folder / "both.pem"
        pem.write_text(key.read_text() + self.certificate.read_text())
        properties = self.folder / "guarded.properties"
        escaped = PASSWORD.encode("unicode_escape").decode()
        properties.write_text(
            PROPERTIES.format(
                port=self.port,
                controller=self.controller_port,
                password=escaped,
                pem=pem,
                certificate=self.certificate,
            )
        )
        return ["env", f"KAFKA_EXTRA={properties}", *super()._command()]

    def settings(self, **changes: object) -> Settings:
        given = {
            "bootstrap": self.bootstrap,
            "kafka_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "PLAIN",
            "kafka_username": "marsad",
            "kafka_password": PASSWORD,
            "kafka_ca_file": self.certificate,
        }
        return Settings.load(**given | changes)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedKafka]:
    broker = GuardedKafka(tmp_path_factory.mktemp("guarded"))
    broker.start()
    yield broker
    broker.kill()


def test_a_faust_service_and_plain_clients_work_over_tls_with_a_login(guarded: GuardedKafka, tmp_path: Path) -> None:
    settings = guarded.settings()

    async def send() -> None:
        await kafka.wait_for_broker(settings, 60)
        async with kafka.producer(settings) as producer:
            article = Article(id="خبر", source="قناة", text="نص", first_seen_at=datetime.now(UTC))
            await producer.send_and_wait(**record(topics.ARTICLES, article))

    asyncio.run(send())
    command = [sys.executable, "-m", "tests.runtime.worker", settings.bootstrap, str(free_port()), str(tmp_path)]
    worker = Process(command, tmp_path / "worker.log", settings.environment())
    try:
        worker.wait_until((tmp_path / "handled").exists, "the article to be handled", 60)
        assert PASSWORD not in worker.output()
    finally:
        worker.kill()


@pytest.mark.parametrize(
    "changes",
    [{"kafka_password": "غلط"}, {"kafka_ca_file": None}, {"kafka_protocol": "PLAINTEXT"}],
    ids=["wrong password", "unknown certificate", "no TLS"],
)
def test_without_the_right_credentials_the_broker_is_of_no_use_and_the_reason_holds_no_password(
    guarded: GuardedKafka, changes: dict[str, object]
) -> None:
    with pytest.raises(TransientError, match="no broker of use") as refused:
        asyncio.run(kafka.ensure_topics(guarded.settings(**changes)))
    assert PASSWORD not in str(refused.value)
