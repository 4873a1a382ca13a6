"""Files about live sessions and videos: remarks of recorders, and the exports of platforms, one module each."""
