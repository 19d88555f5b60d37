"""What a bare checkout installs."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from vclass._bootstrap import requirements

ROOT = Path(__file__).resolve().parents[1]


def test_a_group_has_its_own_requirements_and_those_that_it_includes() -> None:
    groups: dict[str, list[Any]] = {
        "a": ["one>=1", {"include-group": "b"}],
        "b": ["two", {"include-group": "c"}],
        "c": ["three; sys_platform != 'win32'"],
    }
    assert requirements(groups, "a") == ["one>=1", "two", "three; sys_platform != 'win32'"]


def test_an_unknown_group_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        requirements({"a": [{"include-group": "b"}]}, "a")


def test_the_groups_of_this_project_are_plain_requirements() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    for name in ("test", "check", "benchmark"):
        assert all(re.match(r"[A-Za-z]", each) for each in requirements(groups, name))
