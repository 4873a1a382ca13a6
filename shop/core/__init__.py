"""Values that every room needs: errors, money, periods, holidays, text, settings, clock.

Imports nothing of the project.
"""
