"""Faust's consumers fetch as promptly as ours: its fixed 1,500 ms would be seconds from an article to its alert."""

from typing import Any

from aiokafka import AIOKafkaConsumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from services.runtime.kafka import FETCH_WAIT_MS


def fetch_promptly() -> None:
    """From now on Faust's consumers fetch with FETCH_WAIT_MS; there is no setting for it."""
    create = AIOKafkaConsumerThread._create_worker_consumer
    if getattr(create, "prompt", False):
        return

    def create_prompt(thread: Any, transport: Any) -> AIOKafkaConsumer:
        consumer = create(thread, transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer

    create_prompt.prompt = True  # type: ignore[attr-defined]
    AIOKafkaConsumerThread._create_worker_consumer = create_prompt  # type: ignore[assignment,method-assign]
