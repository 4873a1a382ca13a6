"""What the audience says: search and classification of comments."""
