"""What a load of orders does: upsert, order versions, video identity."""
