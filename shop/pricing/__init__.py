"""Unit costs and floor prices per SKU."""
