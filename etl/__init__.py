"""Brings the world in: the platforms' APIs and the files that their back offices export."""
