"""Backups that are taken by themselves: which there are (`files`), `automatic`, `second_folder`, `contents`.

Imports core, models, db and access.
"""
