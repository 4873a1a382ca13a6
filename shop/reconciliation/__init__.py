"""The platforms' stated totals against ours, and the residual differences."""
