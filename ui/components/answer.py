"""The answer beside the pad: the character, the best guesses as bars, what the network saw, and how strange it was."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

HERE = Path(__file__).with_suffix("")
ROWS = 5

HTML = """
<section class="answer" data-testid="answer" aria-label="Answer">
  <div class="head">
    <div class="big" aria-hidden="true"></div>
    <div class="words"><div class="sentence" role="status"></div><div class="detail"></div></div>
    <figure><canvas width="28" height="28" role="img" aria-label="The 28 by 28 pixels that the network sees"></canvas>
      <figcaption>what it sees: 28 × 28</figcaption></figure>
  </div>
  <ol class="bars" aria-label="Best guesses"></ol>
  <div class="meter" role="meter" aria-label="None of these" aria-valuemin="0" aria-valuemax="100">
    <span>None of these?</span><span class="gauge"><i></i><b title="From here on the network refuses"></b></span>
    <span class="verdict"></span>
  </div>
</section>
"""

_component = st.components.v2.component(
    "inkling_answer", html=HTML, css=HERE.with_suffix(".css").read_text(), js=HERE.with_suffix(".js").read_text()
)


def told(
    *,
    state: str,
    sentence: str,
    sign: str = "?",
    detail: str = "",
    bars: tuple[tuple[str, str, float], ...] = (),
    seen: Any = None,
    reject: float | None = 0.0,
    limit: float = 0.5,
    verdict: str = "",
) -> dict[str, Any]:
    """An answer as the browser gets it. `state`: empty, read or refused; `bars`: (sign, name, probability), best first;
    `seen`: 28x28 bytes; `reject`: 0 (surely one of these) to 1, refused from `limit` on; None: this model cannot say.
    """
    return {
        "state": state,
        "sign": sign,
        "sentence": sentence,
        "detail": detail,
        "bars": [{"sign": sign, "name": name, "share": round(share, 5)} for sign, name, share in bars[:ROWS]],
        "seen": base64.b64encode(np.ascontiguousarray(seen, np.uint8).tobytes()).decode() if seen is not None else "",
        "reject": None if reject is None else round(reject, 4),
        "limit": limit,
        "verdict": verdict,
    }


def answer(key: str, n: int, said: dict[str, Any], asked: str = "") -> None:
    """Draws the answer `told` to message `n`. It also draws what the pad hears from the address `asked`, so that bars
    follow the pen without a rerun of the page."""
    _component(key=key, data={"n": n, "asked": asked, "rows": ROWS, **said})
