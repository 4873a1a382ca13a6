"""The HTTP side that all mock platforms share: requests, faults, tokens, rate limits, pages."""
