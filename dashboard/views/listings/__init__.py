"""The Listings page and its parts."""
