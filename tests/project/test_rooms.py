"""The rooms of core: who imports whom, and who may touch the world."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "core").rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
LEFT_OF = {  # a room may import the rooms listed here, and itself
    "errors": set(),
    "paths": {"errors"},
    "config": {"errors", "paths"},
    "data": {"errors", "paths", "config"},
    "nets": {"errors", "paths", "config"},
    "train": {"errors", "paths", "config", "data", "nets"},
    "latent": {"errors", "paths", "config", "data", "nets", "train"},
    "look": {"errors", "paths", "config", "data", "nets", "train"},
    "runs": {"errors", "paths", "config", "data", "nets", "train", "latent", "look"},
    "charts": {"errors"},
}
FREE = {"cli", "__main__", "__init__"}  # the command line ties the rooms together


def room(path: Path) -> str:
    return path.relative_to(ROOT / "core").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_room_imports_only_rooms_to_its_left(path: Path):
    if room(path) in FREE:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "core" and len(parts) > 1 and parts[1] in LEFT_OF:
            assert parts[1] == room(path) or parts[1] in LEFT_OF[room(path)], f"{path.name} imports {name}"
        assert parts[0] not in ("streamlit", "ui", "pages"), f"{path.name} imports {name}"


OWNERS = {  # a way of touching the world -> the files that own it
    "os.environ": {"core/paths.py"},
    "sqlalchemy": {"core/runs/"},
    "subprocess": {"core/runs/"},
    "import pickle": set(),
    "torch.load(": set(),
    "manual_seed_all": set(),
    "urllib.request": {"core/data/", "core/nets/weights.py"},
    ".cuda()": set(),
}


@pytest.mark.parametrize("way", OWNERS)
def test_each_way_of_touching_the_world_has_its_owner(way: str):
    for path, name in zip(FILES, NAMES, strict=True):
        if any(name.startswith(owner) for owner in OWNERS[way]):
            continue
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):  # look at code, not at comments and docstrings
            text = ast.unparse(node) if isinstance(node, ast.Call | ast.Attribute | ast.Import | ast.ImportFrom) else ""
            assert way not in text, f"{name} touches {way}: {text}"


LESSON = ("nets", "train", "look", "latent", "charts")


@pytest.mark.parametrize("path", [p for p in FILES if room(p) in LESSON], ids=lambda p: str(p.relative_to(ROOT)))
def test_lesson_files_do_not_print(path: Path):
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id in ("print", "input", "exec", "eval")]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda p: p.name)
def test_pages_touch_no_torch_sql_process_or_file(path: Path):
    for name in imports(path):
        assert name.split(".")[0] not in ("torch", "sqlalchemy", "subprocess", "pathlib", "os", "pages"), name
