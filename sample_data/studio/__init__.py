"""The practice studio behind the shop: what its people would have typed in by hand, and the truth.

workshop = shops.of_files(plan)    catalog, kilns, materials, batches, firings, stock, goals
load.type_in(db, workshop)         the same through the shop's own verbs; then come the orders
load.type_shelf(db, workshop)      what happened on the shelves since
Truth(workshop)                    yields, costs, margins, stock: by its own arithmetic
"""
