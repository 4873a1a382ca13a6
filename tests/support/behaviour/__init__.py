"""A recording of everything the program shows, to compare the code before and after a change."""
