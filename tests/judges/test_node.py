"""Node and the npm packages that judge."""

import subprocess

from tests.judges.node import node, node_module_path


def test_node_runs_and_the_judges_are_installed() -> None:
    assert subprocess.check_output([node(), "--version"], text=True).startswith("v")
    assert (node_module_path("ical.js") / "dist" / "ical.js").exists()
    assert (node_module_path("axe-core") / "axe.min.js").exists()
