"""The shared floor: what every subpackage stands on. Private."""
