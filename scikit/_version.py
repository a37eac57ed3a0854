"""The version; meson.build holds the same one (a test compares them)."""

__version__ = "0.1.0"
