"""Whether the shop grew: comparison, maturity of refunds, forecasting, alerts."""
