"""The database: opening, migration, transactions, bulk insert, backup.

What differs between engines stands here alone.
"""
