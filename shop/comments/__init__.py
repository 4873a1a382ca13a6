"""Audience comments: `search` reads them, `classify` finds language, questions and personal data in a text.

May import metrics, db and core.
"""
