"""A recording of everything the program says, to compare the code before and after a change."""
