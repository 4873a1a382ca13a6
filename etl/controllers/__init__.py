"""Files of kiln controllers: the temperature of a firing over time (`firing_curve`).

Imports `etl.tables` and `shop`.
"""
