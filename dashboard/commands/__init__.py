"""The sub-commands, one file per subject; each is imported only when it runs."""
