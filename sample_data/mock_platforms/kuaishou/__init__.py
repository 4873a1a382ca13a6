"""The Kuaishou shop API."""
