"""LIFT finds households that miss out on support, from extracts a council already holds."""

__version__ = "0.1.0"
