"""The Live & video page."""
