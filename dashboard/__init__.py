"""The pages and the command: what the studio sees and types."""
