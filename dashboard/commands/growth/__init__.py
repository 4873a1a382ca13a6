"""Commands about growth: forecast, goals, campaigns, reconciliation, and the growth report with its card."""
