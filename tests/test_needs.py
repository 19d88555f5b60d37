"""What a missing tool does to a test."""

import pytest

from tests.needs import unavailable


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_tool_leaves_a_test_out_but_never_in_continuous_checks(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt-get install libical3"):
        unavailable("libical is missing: apt-get install libical3")
