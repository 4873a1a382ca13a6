"""The practice studio behind the shop: what its people would have typed in by hand, and the truth.

sales = sales_of(plan)                 what was sold, as the generator knows it
workshop = make_workshop(sales, ...)   catalog, kilns, materials, batches, firings, stock
truth = Truth(workshop)                yields, costs, margins, stock: by its own arithmetic
load(db, workshop)                     the same through the shop's own verbs
"""
