"""The base model and the vocabulary that several messages share."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema


class Message(BaseModel):
    """Immutable, closed to unknown fields: a misspelt field is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


_SURROGATE = re.compile("[\ud800-\udfff]")


def without_lone_surrogates(value: str) -> str:
    """Replace lone surrogates, which no encoder accepts; length in code points is kept, so offsets stay valid."""
    return _SURROGATE.sub("\ufffd", value)


def _no_lone_surrogates(value: object) -> object:
    return without_lone_surrogates(value) if isinstance(value, str) else value


class _Utc:
    """Turns a time to UTC; one that is in UTC already, as all stored ones are, passes without a call into Python."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        turned = core_schema.no_info_after_validator_function(_to_utc, handler(source))
        return core_schema.union_schema(
            [core_schema.datetime_schema(tz_constraint=0), turned],
            mode="left_to_right",
            custom_error_type="aware_datetime",
            custom_error_message="give a date and time with its zone, such as 2026-03-02T09:00:00Z",
        )


UtcDatetime = Annotated[AwareDatetime, _Utc()]
"""A point in time with its zone, kept in UTC."""


class _Encodable:
    """Looks only through strings from Python: a lone surrogate in JSON is an error already, and stored JSON is fast."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain = handler(source)
        cleaned = core_schema.no_info_before_validator_function(_no_lone_surrogates, plain)
        return core_schema.json_or_python_schema(json_schema=plain, python_schema=cleaned)


Text = Annotated[str, _Encodable()]
"""Any text, without lone surrogates."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=512), _Encodable()]
"""An identifier: 1 to 512 characters."""


class Lang(StrEnum):
    AR = "ar"
    EN = "en"
    OTHER = "other"


class SignalType(StrEnum):
    """What is claimed to happen; `docs/analysis.md` maps each to PLOVER and ACLED."""

    CLASH = "clash"
    ATTACK = "attack"
    SHELLING = "shelling"
    AIRSTRIKE = "airstrike"
    EXPLOSION = "explosion"
    OFFENSIVE = "offensive"
    TERRITORY = "territory"
    DEPLOYMENT = "deployment"
    THREAT = "threat"
    DETENTION = "detention"
    UNREST = "unrest"
    BLOCKADE = "blockade"
    DISPLACEMENT = "displacement"
    CEASEFIRE = "ceasefire"
    TALKS = "talks"
    AGREEMENT = "agreement"
    WITHDRAWAL = "withdrawal"
    RELIEF = "relief"

    @property
    def direction(self) -> "Direction":
        return Direction.EASING if self in EASING else Direction.ESCALATING


class Direction(StrEnum):
    ESCALATING = "escalating"
    EASING = "easing"


EASING = frozenset(
    {SignalType.CEASEFIRE, SignalType.TALKS, SignalType.AGREEMENT, SignalType.WITHDRAWAL, SignalType.RELIEF}
)


class Status(StrEnum):
    """How real a signal is: only `actual` may open an incident."""

    ACTUAL = "actual"
    POSSIBLE = "possible"
    NEGATED = "negated"
    BACKGROUND = "background"


class Level(StrEnum):
    """Where a watch stands, mildest first."""

    CALM = "calm"
    HEADS_UP = "heads_up"
    ELEVATED = "elevated"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class BothNames(Message):
    """A name in both scripts; at least one is given, and each falls back on the other."""

    ar: str | None = None
    en: str | None = None

    def in_language(self, lang: str) -> str:
        """The name in `lang`, else the other one, else the empty string."""
        first, second = (self.ar, self.en) if lang == "ar" else (self.en, self.ar)
        return first or second or ""
