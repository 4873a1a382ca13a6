"""The status words of TikTok Shop's order export, in the languages in which sellers see them."""

from __future__ import annotations

CANCELLED = "cancelled"
RANK = {"unpaid": 1, "paid": 2, "shipped": 3, "delivered": 4, "completed": 5, CANCELLED: 6}
_WORDS = {
    "unpaid": ("Unpaid", "未付款", "待付款", "Chưa thanh toán", "Belum dibayar", "Belum Bayar",
               "ยังไม่ได้ชำระเงิน", "ยังไม่ชำระ", "No pagado", "Sin pagar"),
    "paid": ("On hold", "On Hold", "To ship", "To Ship", "Awaiting shipment", "Awaiting Shipment",
             "Awaiting collection", "Awaiting Collection", "Partially shipping", "待发货", "待揽收",
             "待取件", "暂缓发货", "Chờ vận chuyển", "Chờ lấy hàng", "Cần gửi", "Perlu dikirim",
             "Menunggu pengiriman", "Menunggu pengambilan", "ที่จะจัดส่ง", "รอจัดส่ง", "รอการจัดส่ง",
             "Por enviar", "Pendiente de envío"),
    "shipped": ("Shipped", "In transit", "In Transit", "已发货", "运输中", "Đã vận chuyển",
                "Đã gửi",
                "Đang vận chuyển", "Dikirim", "Dalam pengiriman", "จัดส่งแล้ว", "ระหว่างขนส่ง",
                "กำลังจัดส่ง", "Enviado", "En tránsito"),
    "delivered": ("Delivered", "已送达", "已妥投", "Đã giao", "Đã giao hàng", "Terkirim",
                  "จัดส่งสำเร็จ", "ส่งแล้ว", "Entregado"),
    "completed": ("Completed", "已完成", "Đã hoàn tất", "Đã hoàn thành", "Hoàn thành", "Selesai",
                  "เสร็จสมบูรณ์", "เสร็จสิ้น", "สำเร็จแล้ว", "Completado"),
    CANCELLED: ("Canceled", "Cancelled", "已取消", "已关闭", "Đã hủy", "Đã huỷ", "Dibatalkan",
                "ยกเลิกแล้ว", "Cancelado"),
}  # fmt: skip
STATUS = {word: ours for ours, words in _WORDS.items() for word in words}
