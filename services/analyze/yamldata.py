"""The YAML of the shipped word lists and places."""

from importlib.resources import files
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Safe, and in C where the library was built with it: the word lists are read at every start."""


def load(text: str) -> Any:
    """The one document in `text`. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)


def shipped(*path: str) -> Any:
    """What the file at this path under `data` holds. Raises FileNotFoundError where there is none."""
    return load(files("services.analyze").joinpath("data", *path).read_text("utf-8"))
