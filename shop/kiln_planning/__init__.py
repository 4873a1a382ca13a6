"""What to throw and fire next: demand, lead times, proposals, schedule."""
