"""Commands about backups and privacy."""
