"""The frame around every page: the search box, and who is signed in."""
