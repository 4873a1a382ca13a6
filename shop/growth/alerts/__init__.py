"""Unusual days, alerts and chart events."""
