"""Files about live rooms and videos: remarks of recorders, and the sheets of platforms, one module each."""
