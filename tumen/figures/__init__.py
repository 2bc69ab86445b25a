"""Figures: pure functions from tables to plotly figures as plain dictionaries."""
