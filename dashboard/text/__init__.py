"""Wording of figures without Streamlit, for pages, reports and commands."""
