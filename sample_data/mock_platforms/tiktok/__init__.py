"""The TikTok Shop API."""
