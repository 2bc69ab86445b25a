"""Tumen: who sent what to whom around Russia's war, who says so, on what evidence, and since when."""

__version__ = "2026.11.0"
