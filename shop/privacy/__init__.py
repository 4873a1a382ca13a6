"""Privacy: what is stored of whom, for how long, a buyer's export and erasure.

Imports core, models, db, access, metrics and comments; orders and etl look here before they store or delete."""
