"""The audit log, backups and privacy in words."""
