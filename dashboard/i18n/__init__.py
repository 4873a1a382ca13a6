"""Languages: the messages of every page and command, and number and date formats."""
