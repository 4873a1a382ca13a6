"""Files about money between the platform and the shop: payouts, statements, advertising; one module each."""
