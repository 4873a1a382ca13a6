"""Undo of actions by their audit number: `catalog` (with planning), `kiln` and `stock`.

Imports the packages whose actions it undoes; nothing in the shop imports it."""
