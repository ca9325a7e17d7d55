"""Wearhouse: a warehouse for wearables."""

from importlib.metadata import version

__all__ = ["__version__"]
__version__ = version("wearhouse")
