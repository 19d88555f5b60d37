"""``python3 -m vclass``: sets itself up in a bare checkout, then runs the command line."""

from vclass._bootstrap import ensure

ensure()

from vclass.cli import main  # noqa: E402  what it imports is there only now

main(prog_name="vclass")
