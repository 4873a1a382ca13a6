"""Labels of a comment from its text alone: intents, sentiment, question or not, the thing wanted.

`label` and `label_all` follow the definitions of docs/manual/en/comment-labels.md with phrases (`lexicon/`) and rules
(`rules.toml`); no network, no model. May import core, db and models.
"""

from shop.comments.labels.labeller import VERSION, Label, label, label_all

__all__ = ["VERSION", "Label", "label", "label_all"]
