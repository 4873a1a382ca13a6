"""Stock: the ledger, allocation of pieces to orders, reservations, counts, returns and stock levels.

Every write goes through `ledger.move`. Commands: `adjustments`, `reservations`, `counts`, `returns`,
`oversold`, `opening`, `publish`; `order_demand.follow_orders` is called after every import. Reads:
`levels`, `history`, `count_page`, `consistency`. Imports core, models, db, access and metrics."""
