"""From gross sales to what is left: the gross-to-net waterfall, cost of goods sold, margins."""
