"""One page per file: query, chart and words, nothing computed."""
