"""The screen: the only part of Tumen that knows Streamlit."""
