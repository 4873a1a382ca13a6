"""To come."""

from dashboard import widgets

widgets.empty("comments")
