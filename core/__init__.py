"""The lesson: pure Python and PyTorch, without a word of Streamlit."""
