"""The lesson: pure Python and PyTorch, without a word of Streamlit."""

from core.paths import calm_threads

calm_threads()  # here, because this file is read before torch, whoever starts: page, worker, command line or test
