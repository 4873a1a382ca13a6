"""What stands for the same: wordings of a line (`wordings`), buyers of files and APIs (`buyers`), videos (`videos`)."""
