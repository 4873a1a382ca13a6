"""How products, kilns and buyers perform: sales, turnover, refunds, yields, cohorts, hours."""
