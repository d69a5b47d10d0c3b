"""An errand on a page: how far it is, what went wrong, and the page anew as soon as there is more to show."""

from collections.abc import Callable

import streamlit as st

from core.runs import errands


def progress(asked: errands.Errand, lead: str, stage: Callable[[], object] = lambda: None) -> None:
    """Asks for it every second; `stage` tells what can be used of it before all is done."""
    begun = stage()

    def look() -> None:
        now = errands.ask(asked)
        if now.done or stage() != begun:
            st.rerun()
        if now.error:
            st.warning(now.error)
            st.button("Try again", on_click=errands.again, args=(asked,), key=f"again-{asked.key}")
            return
        st.progress(now.share, text=f"{lead}: {now.doing[:1].lower()}{now.doing[1:]} …")

    st.fragment(look, run_every=1.0)()
