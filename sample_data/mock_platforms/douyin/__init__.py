"""The Douyin shop API and the Douyin open platform API."""
