"""Export: a run to take away: its code, its notebook, its weights and its points."""

import streamlit as st

from core.errors import LabError
from core.runs import exporting
from core.runs.run import Run
from ui import services

KINDS = {"py": ("text/x-python", ":material/code:"), "ipynb": ("application/x-ipynb+json", ":material/menu_book:")}


def export(run: Run) -> None:
    """Downloads, and the script to read."""
    st.caption(
        "The whole run as plain PyTorch and torchvision, without Inkling: only what this run's knobs need. On this "
        "machine's CPU it gives the very same numbers."
    )
    said, script = "", ""
    try:
        code = {kind: _code(run, kind) for kind in KINDS}
        script = code["py"]
    except LabError as error:
        said, code = str(error), {}
    with st.container(horizontal=True, gap="small"):
        for kind, (mime, icon) in KINDS.items():
            if kind in code:
                _button(f"Script ({kind})" if kind == "py" else "Notebook (ipynb)", code[kind], run, kind, mime, icon)
        _button("Points (csv)", exporting.table(services.store(), run), run, "csv", "text/csv", ":material/table:")
        _weights(run)
    if said:
        st.info(said, icon=":material/block:")
    if script:
        st.code(script, language="python", line_numbers=True, height=520)
    st.caption(
        f"More on the command line: `python -m core export {run.id} --format onnx --out net.onnx`, also `tensorboard` "
        "and `mlflow`."
    )


def _code(run: Run, kind: str) -> str:
    """Written once for everybody, and again when the run has ended."""
    key = ("export", run.id, run.status, run.config_key, kind)
    made: str = services.once(key, lambda: exporting.code(run, kind))
    return made


def _weights(run: Run) -> None:
    data = exporting.weight_bytes(run)
    if data is not None:  # a run that has not ended has none yet
        mime = "application/octet-stream"
        _button("Weights (safetensors)", data, run, "safetensors", mime, ":material/grain:")


def _button(label: str, data: str | bytes, run: Run, kind: str, mime: str, icon: str) -> None:
    name = f"run-{run.id}.{kind}"
    st.download_button(label, data, name, mime, icon=icon, key=f"export-{run.id}-{kind}", on_click="ignore")
