"""The table of pages: the menu, the cards on Home and the tests are made from it."""

from typing import NamedTuple

from core.paths import ROOT


class Place(NamedTuple):
    """One page: its file in pages/, its title, its icon, and what one does there."""

    file: str
    title: str
    icon: str
    about: str

    @property
    def path(self) -> str:
        """The file's whole path, as Streamlit wants it."""
        return str(ROOT / "pages" / self.file)


PAGES = (
    Place("home.py", "Home", ":material/home:", "What is ready, what is running, where to go next."),
    Place("draw.py", "Draw", ":material/draw:", "Write a digit or a Greek letter and see it read while the pen moves."),
    Place("train.py", "Train", ":material/play_circle:", "Choose a recipe, press Start, watch the network learn."),
    Place("inside.py", "Inside", ":material/frame_inspect:", "See every filter, map and number of a network at work."),
    Place("mistakes.py", "Mistakes", ":material/troubleshoot:", "See what a network gets wrong, picture by picture."),
    Place("time.py", "Time machine", ":material/history:", "Move one slider and watch a whole training happen again."),
    Place("compare.py", "Compare", ":material/balance:", "Lay runs over each other: what is real, and what is luck?"),
    Place("transfer.py", "Transfer", ":material/school:", "Teach a trained network something new, in seconds."),
    Place("latent.py", "Latent", ":material/face:", "Move the numbers behind a made face: which one does what?"),
    Place("reports.py", "Reports", ":material/menu_book:", "Five reports, run again: what they claim, what we find."),
)
