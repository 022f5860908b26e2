"""ypo-dash: the working picture of a police district that practises "Your Police Officer"."""

__version__ = "0.1.0"
