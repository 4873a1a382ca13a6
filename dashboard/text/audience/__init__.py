"""Messages about live sessions, videos and comments."""
