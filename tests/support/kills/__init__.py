"""Commands and syncs that are ended at any moment: the process that does it, the shops and lines to end."""
