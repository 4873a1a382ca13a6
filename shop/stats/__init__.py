"""Statistics on plain arrays, without a database: variance, quantiles, proportions, survival, Shapley, outliers.

May import numpy only.
"""
