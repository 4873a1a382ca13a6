"""Kiln planning: what to throw next for one kiln load.

`demand` and `lead_times` estimate, `fill` chooses whole pieces, `proposals` combines them, `schedule` turns a
proposal into a planned firing. May import pricing, kiln and everything below them.
"""
