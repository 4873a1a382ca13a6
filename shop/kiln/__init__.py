"""Batches, firings, materials and what a piece costs."""
