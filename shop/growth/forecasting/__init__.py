"""Seasonality, forecast and goals."""
