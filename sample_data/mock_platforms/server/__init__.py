"""The HTTP server that all mock platforms share: requests, faults, tokens, rate limits, pages."""
