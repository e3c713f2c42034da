"""Dead letters: the value is what could not be handled, unchanged; the reason travels in these headers."""

from schemas.base import Message, UtcDatetime

HEADERS = (
    "marsad-topic",
    "marsad-partition",
    "marsad-offset",
    "marsad-error",
    "marsad-field",
    "marsad-message",
    "marsad-version",
    "marsad-at",
)


class DeadLetter(Message):
    """A dead letter as `marsad dead show` prints it."""

    topic: str
    partition: int
    offset: int
    error: str
    """Class of the error."""
    field: str | None = None
    """The field at fault, where there is one."""
    message: str
    version: str
    """Marsad's version that gave up on it."""
    at: UtcDatetime
    key: str | None
    value: str
