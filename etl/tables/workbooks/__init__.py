"""Workbooks: their locks, their worksheets, and a process of its own that reads what may ask for much memory."""
