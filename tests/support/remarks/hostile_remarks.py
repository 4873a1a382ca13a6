"""Hostile remarks: markup, images, scripts, formulas, direction marks, invisible signs, and very long ones."""

from __future__ import annotations

import random

PIECES = (
    "<script>window.pwned=1</script>",
    '<img src="http://evil.example/x.png" onerror="window.pwned=1">',
    "![x](http://evil.example/y.png)",
    "[click](javascript:window.pwned=1)",
    "http://evil.example/z",
    '"><svg onload=window.pwned=1>',
    '=HYPERLINK("http://evil.example")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "-2+3",
    "\u202emoc.live\u202c",
    "\u200b\u200d\u2060\ufeff",
    "\x00\x01\x1b[31m",
    "$x^2$ :red[r] :material/home:",
    "*star* _under_ `code`",
    "Z\u0351\u036e\u0364" + "\u0336" * 40,
    "🏺" * 30,
    "w" * 400,
    "{0} %s {thing} $1",
    "'; DROP TABLE comment; --",
    "&lt;b&gt; &#x3c;script&#x3e;",
    "\u2028\u2029\r\n\t",
    "مرحبا بالعالم",
    "</style></textarea></title>",
)
WISHES = ("多少钱", "想要一个茶壶", "能进微波炉吗", "批发怎么联系", "收到碎了", "how much?", "")


def hostile_remarks(count: int, seed: int = 9, longest: int = 100_000) -> list[str]:
    """So many remarks, one of them as long as `longest`."""
    rng = random.Random(seed)
    result = [
        rng.choice(WISHES)
        + "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 4)))
        + rng.choice(WISHES)
        for _ in range(count - 1)
    ]
    return [*result, "多少钱" + "很" * (longest - 3)]
