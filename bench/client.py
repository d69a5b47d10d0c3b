"""A visitor without a browser: speaks Streamlit's messages over its websocket, so that time is only the server's."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

LIMIT = 120.0  # seconds to wait for a script to finish


@dataclass
class Run:
    """What one script or fragment run cost."""

    seconds: float
    bytes: int
    messages: list[Any] = field(repr=False)


class Visitor:
    """One session of the app."""

    def __init__(self, address: str, page: str = "", query: str = "") -> None:
        self.page, self.query, self.fragments = page, query, dict[str, float]()
        self.widgets: dict[str, Any] = {}  # label -> widget id of every button on the page
        self.hash = ""
        self.socket = connect(
            f"{address.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=address,  # type: ignore[arg-type]
            compression=None,
            max_size=None,
        )

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.socket.close()

    def rerun(self, fragment: str = "", press: str = "") -> Run:
        """Runs the page's script, or one fragment, or presses a button; waits until it has finished."""
        message = BackMsg()
        wish = message.rerun_script
        wish.query_string, wish.page_name, wish.page_script_hash = self.query, self.page, self.hash
        wish.fragment_id, wish.is_auto_rerun = fragment, bool(fragment)
        if press:
            state = wish.widget_states.widgets.add()
            state.id, state.trigger_value = self.widgets[press], True
        if not fragment:
            self.fragments.clear()
            self.widgets.clear()
        begin, size, messages = time.perf_counter(), 0, []
        self.socket.send(message.SerializeToString())
        while True:
            raw = self.socket.recv(timeout=LIMIT)
            assert isinstance(raw, bytes)
            size += len(raw)
            told = ForwardMsg.FromString(raw)
            messages.append(told)
            self._learn(told)
            if (
                told.WhichOneof("type") == "script_finished"
                and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                return Run(time.perf_counter() - begin, size, messages)

    def _learn(self, told: Any) -> None:
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.hash = told.navigation.page_script_hash
        elif kind == "auto_rerun":
            self.fragments[told.auto_rerun.fragment_id] = told.auto_rerun.interval
        elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "button":
            self.widgets[told.delta.new_element.button.label] = told.delta.new_element.button.id
