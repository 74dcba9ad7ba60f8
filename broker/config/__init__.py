"""config.yaml as frozen settings; every fault at once, for people."""

from broker.config.faults import ConfigError, Problem
from broker.config.load import check_settings, load_settings
from broker.config.settings import Settings

__all__ = ["ConfigError", "Problem", "Settings", "check_settings", "load_settings"]
