"""The Douyin open platform: videos, video days and comments."""
