"""Errors that say what to do: wait, or give up on this one message."""

from pydantic import ValidationError


class TransientError(Exception):
    """What is needed is gone for now. Nothing was done that may not be done again: wait and try the same again."""


class PoisonError(Exception):
    """This message can never be handled. `field` names the part at fault, where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Undecodable(PoisonError):
    """The bytes are not a message of their topic."""


class ConfigurationError(Exception):
    """The user gave something wrong; the text says which and why. The command line prints it and exits with 2."""


def first_fault(error: ValidationError) -> tuple[str | None, str]:
    """(field, message) of the first fault: `("signals.0.type", "Input should be …")`. Never repeats the input."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in fault["loc"]) or None
    return field, fault["msg"].removeprefix("Value error, ")
