"""The parts of the Live & video page, in the order of their control; those that work before anything was read in."""

from __future__ import annotations

from dashboard.views.live import marking, session, sessions, show_list, video, videos

PARTS = {
    "sessions": sessions.show,
    "session": session.show,
    "videos": videos.show,
    "video": video.show,
    "mark": marking.show,
    "next": show_list.show,
}
WITHOUT_DATA = ("mark",)
