"""Comparison of two ranges: calendars, drivers, segments, intervals, per-session figures."""
