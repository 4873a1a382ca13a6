"""Live sessions and videos."""
