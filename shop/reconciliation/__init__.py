"""Reconciliation of a platform's reported totals with ours.

`statements` are the reported totals, `definitions` the ways to count, `residuals` the remaining differences,
`reconcile` combines them. May import metrics, coverage, access, db, models and core.
"""
