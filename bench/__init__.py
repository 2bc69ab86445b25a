"""Measurements: a generator of large data sets, and the table of `make bench`."""
