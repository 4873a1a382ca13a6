"""Outlier days, alerts and chart events."""
