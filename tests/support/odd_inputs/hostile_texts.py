"""Hostile texts by number: markup, script, links, formulas, escapes and format fields, alone and mixed."""

import random

PIECES = (
    "<script>steal()</script>",
    '<img src=x onerror="steal()">',
    '"><svg onload=steal()>',
    "</td></tr></table><iframe src=http://evil.test>",
    "<style>*{display:none}</style>",
    "javascript:steal()",
    "![x](http://evil.test/x.png)",
    "[a](http://evil.test)",
    "http://evil.test/z",
    "www.evil.test",
    '<at user_id="all">all</at>',
    "@all",
    "<@everyone>",
    "=1+1",
    '=HYPERLINK("http://evil.test","a")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\",
    "\x9b2J",
    "\r\x1b[2K",
    "\x08\x08\x7f",
    "\u202eesrever",
    "\u2066inside\u2069",
    "{0}",
    "{name}",
    "{x:money}",
    "%s%n",
    "${7*7}",
    "$x^2$",
    ":material/home: :red[r] :smile:",
    "*bold* `code` # head",
    "\n\n## new line\n",
    "\u2028line",
    "&lt;b&gt; &amp;",
    "'; DROP TABLE variant; --",
    "\\u001b[31m",
    "窑变 ¥9",
    "0" * 300,
)


def hostile_text(number: int) -> str:
    """The text of this number: each piece alone first, then mixtures."""
    if number < len(PIECES):
        return PIECES[number]
    rng = random.Random(number)
    return rng.choice(("", " ", "a")).join(rng.choice(PIECES) for _ in range(rng.randrange(2, 6)))
