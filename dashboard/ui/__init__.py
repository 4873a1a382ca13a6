"""What pages share: cache, filters, feedback, tiles, tables, upload."""
