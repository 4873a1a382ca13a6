"""Douyin's shop platform (Doudian): orders, refunds, listings."""
