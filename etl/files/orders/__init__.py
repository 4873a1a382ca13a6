"""Order exports of back offices that the shop has no connector for, one module each; `sheet` is what they share."""
