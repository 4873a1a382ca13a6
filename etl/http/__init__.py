"""The HTTP client: errors, retry, rate limit. The only place that imports requests."""
