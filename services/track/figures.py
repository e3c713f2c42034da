"""The rules that this installation runs by: the shipped figures, with those of the user's file laid over them."""

import yaml

from services.runtime.errors import ConfigurationError
from services.runtime.settings import Settings
from services.track.rules import Rules


def rules_of(settings: Settings) -> Rules:
    """Raises ConfigurationError naming the figure at fault."""
    path = settings.rules
    try:
        return Rules.load(path.read_text(encoding="utf-8") if path else None)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
