"""References of comments, updated by every load: own accounts, answers, videos by title, buyers of reviews.

An account writes for the shop when the owner added it, or when its replies show it: at least REPLIES replies to
different other authors, at least half of all replies on its platform, and mostly replies.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.comments.leads import erase_due
from shop.core.clock import now_seconds
from shop.db.database import Database
from shop.metrics.settings import today

REPLIES = 5
REPLYING = """
SELECT r.platform, r.author_key, COUNT(*), COUNT(DISTINCT q.author_key)
FROM comment r JOIN comment q ON q.shop_id = r.shop_id AND q.platform = r.platform AND q.comment_id = r.parent_id
WHERE r.shop_id = :shop AND r.parent_id IS NOT NULL AND r.author_key IS NOT NULL AND r.author_key IS NOT q.author_key
GROUP BY r.platform, r.author_key
"""
WRITTEN = (
    "SELECT COUNT(*) FROM comment WHERE shop_id = :shop AND platform = :platform AND author_key = :author"
)
OWN = """
EXISTS (SELECT 1 FROM own_author o WHERE o.shop_id = comment.shop_id AND o.platform = comment.platform
  AND o.author_key = comment.author_key AND NOT o.is_dismissed)
"""
STEPS = (
    f"UPDATE comment SET is_own = NOT is_own WHERE shop_id = :shop AND is_own <> {OWN}",
    "UPDATE comment SET video_id = v.video_id FROM video v WHERE comment.shop_id = :shop AND comment.video_id IS NULL "
    "AND comment.video_title IS NOT NULL AND v.shop_id = comment.shop_id AND v.platform = comment.platform "
    "AND v.title = comment.video_title",
    "UPDATE comment SET author_key = l.buyer_key FROM order_line l WHERE comment.shop_id = :shop AND comment.is_review "
    "AND comment.author_key IS NULL AND comment.order_id IS NOT NULL AND l.shop_id = comment.shop_id "
    "AND l.platform = comment.platform AND l.order_id = comment.order_id AND l.buyer_key IS NOT NULL",
    "UPDATE comment SET answered_at = r.at, answered_how = 'reply' FROM (SELECT platform, parent_id, "
    "MIN(written_at) AS at FROM comment WHERE shop_id = :shop AND is_own AND parent_id IS NOT NULL "
    "GROUP BY platform, parent_id) r WHERE comment.shop_id = :shop AND comment.platform = r.platform "
    "AND comment.comment_id = r.parent_id AND comment.answered_at IS NULL AND NOT comment.is_own AND r.at IS NOT NULL",
    "UPDATE comment SET answered_at = written_at, answered_how = 'platform' WHERE shop_id = :shop AND is_replied "
    "AND answered_at IS NULL",
    "UPDATE comment SET sealed_contact = NULL WHERE shop_id = :shop AND sealed_contact IS NOT NULL AND EXISTS "
    "(SELECT 1 FROM lead l WHERE l.shop_id = comment.shop_id AND l.platform = comment.platform "
    "AND l.comment_id = comment.comment_id AND l.erased_at IS NOT NULL)",
)
NO_LONGER = (
    "UPDATE comment SET answered_at = NULL, answered_how = NULL WHERE shop_id = :shop AND answered_how = 'reply' "
    "AND NOT EXISTS (SELECT 1 FROM comment r WHERE r.shop_id = comment.shop_id AND r.is_own "
    "AND r.platform = comment.platform AND r.parent_id = comment.comment_id)"
)


def refresh(connection: Connection, shop_id: int = 1) -> None:
    """Update what comments refer to after a load or a change of own accounts, inside its transaction."""
    _learn_own_accounts(connection, shop_id)
    for step in STEPS:
        connection.execute(text(step), {"shop": shop_id})
    erase_due(connection, today(connection, shop_id), shop_id)


def _learn_own_accounts(connection: Connection, shop_id: int) -> None:
    rows = connection.execute(text(REPLYING), {"shop": shop_id}).all()
    replies: dict[str, int] = defaultdict(int)
    for platform, _, count, _ in rows:
        replies[platform] += count
    for platform, author, count, others in rows:
        if others < REPLIES or count * 2 < replies[platform]:
            continue
        values = {"shop": shop_id, "platform": platform, "author": author}
        if count * 2 < int(connection.execute(text(WRITTEN), values).scalar_one()):
            continue
        connection.execute(
            text(
                "INSERT INTO own_author (shop_id, platform, author_key, source, added_at) "
                "VALUES (:shop, :platform, :author, 'replies', :now) ON CONFLICT DO NOTHING"
            ),
            values | {"now": now_seconds()},
        )


def own_accounts(db: Database, shop_id: int = 1) -> list[dict[str, Any]]:
    """The shop's own accounts: platform, author_key, source, name, is_dismissed, comments written."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT o.platform, o.author_key, o.source, o.name, o.is_dismissed, (SELECT COUNT(*) FROM comment c "
                "WHERE c.shop_id = o.shop_id AND c.platform = o.platform AND c.author_key = o.author_key) AS comments "
                "FROM own_author o WHERE o.shop_id = :shop ORDER BY o.platform, comments DESC, o.author_key"
            ),
            {"shop": shop_id},
        )
        return [dict(row) | {"is_dismissed": bool(row["is_dismissed"])} for row in rows.mappings()]


def add_own_account(
    db: Database, platform: str, name: str, *, actor: Actor, secret: bytes, shop_id: int = 1
) -> int:
    """Add an account (nickname or platform id) that writes for the shop; how many comments it wrote.

    The name is stored, for it is the shop's own; `secret` is the local key that authors are hashed with.
    """
    require(actor, "answer")
    import hmac

    author = int.from_bytes(hmac.digest(secret, name.strip().encode(), "sha256")[:8], "big") >> 1
    return _set(db, platform, author, actor, name.strip(), is_dismissed=False, shop_id=shop_id)


def dismiss_own_account(
    db: Database, platform: str, author_key: int, *, actor: Actor, restored: bool = False, shop_id: int = 1
) -> int:
    """Dismiss an account that is not the shop's, or restore it; how many comments it wrote."""
    require(actor, "answer")
    return _set(db, platform, author_key, actor, None, is_dismissed=not restored, shop_id=shop_id)


def _set(
    db: Database,
    platform: str,
    author: int,
    actor: Actor,
    name: str | None,
    *,
    is_dismissed: bool,
    shop_id: int,
) -> int:
    values = {"shop": shop_id, "platform": platform, "author": author}
    with db.write() as connection:
        connection.execute(
            text(
                "INSERT INTO own_author (shop_id, platform, author_key, source, name, is_dismissed, added_at) VALUES "
                "(:shop, :platform, :author, 'typed', :name, :dismissed, :now) ON CONFLICT (shop_id, platform, "
                "author_key) DO UPDATE SET is_dismissed = excluded.is_dismissed, name = COALESCE(excluded.name, name)"
            ),
            values | {"name": name, "dismissed": is_dismissed, "now": now_seconds()},
        )
        refresh(connection, shop_id)
        connection.execute(text(NO_LONGER), {"shop": shop_id})
        log_action(connection, actor, "comment.own_account", platform, shop_id=shop_id)
        return int(connection.execute(text(WRITTEN), values).scalar_one())
