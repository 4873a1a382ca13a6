"""TikTok Shop: orders, refunds, listings, analytics."""
