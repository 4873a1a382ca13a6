"""The manual: its pages as a list, found by a few characters, or the one that the address names."""

from dashboard.views.manual import reading

reading.show()
