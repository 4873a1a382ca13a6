"""Audience comments: `search` reads them, `classify` finds language and personal data in a text, `labels` its meaning.

May import metrics, access, db and core.
"""
