"""The web server: the guard in front of every route, sign-in pages, and who may reach it from other devices.

Imports i18n, theme, text and the shop; Streamlit's ASGI application is built in `main`.
"""
