"""The documentation site and the pictures of the README."""
