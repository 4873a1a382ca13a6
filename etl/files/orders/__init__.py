"""Order exports of back offices that the shop has no connector for, a module each; `order_rows` is what they share."""
