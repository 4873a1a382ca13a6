"""First steps: an empty shop is led to its first figures."""

from dashboard.views.start import outline

outline.show()
