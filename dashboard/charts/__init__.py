"""Plotly charts. The only place that imports Plotly."""
