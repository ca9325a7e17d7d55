"""The page of attacks and the tests of attacks are the same list."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "attacks.md"


def tried() -> set[str]:
    return {
        node.name
        for file in HERE.glob("test_*.py")
        if file != Path(__file__)
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_attack_on_the_page_is_tried_and_every_one_that_is_tried_is_on_the_page() -> None:
    rows = re.findall(r"^\| .+ \| .+ \| `(test_\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.M)

    assert len(rows) == len(set(rows)) > 25
    assert set(rows) == tried()
