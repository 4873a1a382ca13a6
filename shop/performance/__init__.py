"""How products perform: sales, turnover, refunds, breakage, time to sell, origins, yields, cohorts, hours.

Reads only; figures are those of `shop.metrics`. May import pricing, kiln and everything below them.
"""
