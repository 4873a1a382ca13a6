"""The status words of shops and platforms in many languages, as ours: those that mean one thing alone, and patterns."""

from __future__ import annotations

import re

from shop.core.enumerations import STATUSES

_STATUS: dict[str, tuple[str, ...]] = {
    "unpaid": (
        "待付款",
        "待支付",
        "未付款",
        "unpaid",
        "pending payment",
        "in attesa di pagamento",
        "unbezahlt",
        "impayé",
        "no pagado",
        "on hold",
        "zahlung ausstehend",
        "in wartestellung",
        "attente paiement",
        "en attente de paiement",
        "in sospeso",
        "pendiente de pago",
        "pagamento pendente",
        "aguardando pagamento",
        "pagamento in sospeso",
        "fehlgeschlagen",
        "échouée",
        "fallido",
    ),
    "paid": (
        "待发货",
        "已付款",
        "已支付",
        "备货中",
        "paid",
        "to ship",
        "awaiting shipment",
        "processing",
        "pagato",
        "bezahlt",
        "payé",
        "pagado",
        "pago",
        "in lavorazione",
        "in bearbeitung",
        "en cours",
        "en préparation",
        "en proceso",
        "procesando",
        "processando",
        "zu versenden",
        "versandbereit",
        "à expédier",
        "da spedire",
        "por enviar",
        "para enviar",
        "a enviar",
        "待出库",
        "等待出库",
        "待揽收",
    ),
    "shipped": (
        "已发货",
        "待收货",
        "shipped",
        "in transit",
        "spedito",
        "versandt",
        "versendet",
        "unterwegs",
        "expédié",
        "expédiée",
        "enviado",
        "in transito",
        "en camino",
        "等待收货",
        "已出库",
    ),
    "delivered": (
        "已签收",
        "已收货",
        "delivered",
        "consegnato",
        "zugestellt",
        "livré",
        "livrée",
        "entregado",
        "entregue",
    ),
    "completed": (
        "已完成",
        "交易成功",
        "交易完成",
        "completed",
        "complete",
        "fulfilled",
        "completato",
        "abgeschlossen",
        "terminé",
        "terminée",
        "completado",
        "concluído",
        "完成",
    ),
    "cancelled": (
        "已关闭",
        "已取消",
        "交易关闭",
        "交易失败",
        "cancelled",
        "canceled",
        "annullato",
        "storniert",
        "annulé",
        "annulée",
        "annullata",
        "cancelado",
        "取消",
    ),
    "refunded": ("退款成功", "已退款", "refunded", "rimborsato", "erstattet", "remboursé", "reembolsado"),
    "closed": ("退款关闭", "已拒绝", "售后关闭", "rejected", "closed"),
    "asked": ("退款中", "待处理", "requested", "pending"),
    "live": ("在售", "上架", "已上架", "active", "live", "attivo", "aktiv", "actif", "activo"),
    "draft": ("草稿", "draft", "bozza", "entwurf", "brouillon", "borrador"),
    "paused": ("下架", "已下架", "inactive", "paused"),
    "retired": ("已删除", "archived", "archiviato", "archiviert", "archivé", "archivado"),
}


STATUS_WORDS = {word: ours for ours, words in _STATUS.items() for word in words}
ORDER_WORDS = {word: ours for word, ours in STATUS_WORDS.items() if ours in STATUSES}

PARTS = {  # of words of orders that the lists lack, tried in this order
    "unpaid": r"(等待|待|未)(买家)?(付款|支付)|未支付|on.?hold|awaiting payment|pending|unpaid|authorized",
    "completed": r"partially.?refunded|部分退款",
    "cancelled": r"关闭|取消|退款成功|已退款|作废|cancel|void|failed|expired|refunded$",
    "shipped": (
        r"已发货|待收货|待签收|等待买家确认|部分发货|运输|dispatched|^shipping$|to.?receive|in.?transit|partially.?shipped"
    ),
    "finished": r"成功|完成|已收货|已确认|已评价|待评价|completed|(?<!un)fulfilled|closed",
    "delivered": r"签收|送达|delivered",
    "paid": (
        r"(待|等待)(卖家|商家)?发货|备货|已付款|待成团|to.?ship|awaiting|processing|unshipped|unfulfilled|^new$|ready"
    ),
}


def status_of(word: str, kind: str) -> str | None:
    """Our status for a word of a table of this kind, None where it could mean several.

    A refunded order is a cancelled one: its refund is a sum of its own.
    """
    ours = STATUS_WORDS.get(word.strip().lower())
    if kind != "order_line":
        return ours
    if ours in ("refunded", None):
        part = next((name for name, part in PARTS.items() if re.search(part, word.lower())), None)
        return ("completed" if part == "finished" else part) or ("cancelled" if ours else None)
    return "unpaid" if ours == "asked" else ours
