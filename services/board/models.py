"""What the API answers with, beside the messages themselves."""

from pydantic import Field

from schemas.alert import Alert
from schemas.base import Message
from schemas.incident import Incident, WatchState
from schemas.notification import Notification
from schemas.watch import Watch


class WatchedState(Message):
    """A watch and where it stands."""

    watch: Watch
    state: WatchState | None
    """None until the first observation."""
    version: int = Field(ge=0)
    """Of the set of watches."""


class WatchList(Message):
    version: int = Field(ge=0)
    """Rises with every change of any watch."""
    watches: tuple[WatchedState, ...]


class WatchVersion(Message):
    version: int = Field(ge=0)
    """Of the set of watches now in force."""


class IncidentPage(Message):
    incidents: tuple[Incident, ...]
    """Without `claims` and `observation_ids`: ask for the one incident."""
    next: str | None
    """Cursor of the following page; null on the last."""


class NumberedAlert(Message):
    seq: int = Field(ge=1)
    """Rises with every alert; the cursor of this list."""
    alert: Alert


class AlertPage(Message):
    alerts: tuple[NumberedAlert, ...]
    next: int | None
    """Cursor of the following page; null where no more is known yet."""


class NotifiedAlert(NumberedAlert):
    notifications: tuple[Notification, ...]
    """Who was told, who was not, and by which rule."""


class Fault(Message):
    field: str | None = None
    """Path of the field at fault."""
    message: str
    index: int | None = None
    """Of the article at fault, where several were sent."""


class Faults(Message):
    errors: tuple[Fault, ...]


class Failure(Message):
    error: str
