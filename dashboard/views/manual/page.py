"""The manual: its pages as a list with a search, or the one that the address names."""

from dashboard.views.manual import reading

reading.show()
