"""What an installation decides: settings with their origin, logging, secrets, deployment examples."""

from config.secrets import Keyring, SecretKey, read_or_make
from config.settings import ConfigurationError, Loaded, Settings, load

__all__ = ["ConfigurationError", "Keyring", "Loaded", "SecretKey", "Settings", "load", "read_or_make"]
