"""Node and the npm packages that judge."""

import subprocess

import pytest

from tests.judges.node import node, node_module_path, unavailable


def test_node_runs_and_the_judges_are_installed() -> None:
    assert subprocess.check_output([node(), "--version"], text=True).startswith("v")
    assert (node_module_path("ical.js") / "dist" / "ical.js").exists()
    assert (node_module_path("axe-core") / "axe.min.js").exists()


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_tool_leaves_a_test_out_but_never_in_continuous_checks(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt-get install libical3"):
        unavailable("libical is missing: apt-get install libical3")
