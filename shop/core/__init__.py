"""Values that every package needs: errors, money, periods, holidays, text, clock.

Imports nothing of the project."""
