"""What stands between the network and Streamlit: one small file for each concern."""
