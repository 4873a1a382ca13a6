"""Stock: the ledger of movements, allocation to order lines, reservations, counts, returns, oversold orders."""
