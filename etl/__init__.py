"""Data in: files (`imports`) and platforms (`sync`); out: stock to platforms, notifications. Imports `shop` only."""
