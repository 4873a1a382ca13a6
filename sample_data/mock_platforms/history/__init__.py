"""What happens in the practice shop: orders, after-sale cases, videos, sessions, past and future."""
