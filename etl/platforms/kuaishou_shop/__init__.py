"""Kuaishou's shop platform: orders, refunds, listings, reviews."""
