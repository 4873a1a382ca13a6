"""Reconciliation of a platform's stated totals with ours.

`statements` are the stated totals, `definitions` the ways to count, `residuals` the remaining differences,
`reconcile` combines them. May import metrics, coverage, access, db, models and core.
"""
