"""Statistics on plain arrays: variance, proportions, survival, Shapley values, outliers. No database."""
