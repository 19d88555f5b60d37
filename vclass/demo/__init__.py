"""The demo: four invented institutions on the visitor's own machine, with one lesson that is open now."""

from vclass.demo.command import DemoError, Options, run_demo

__all__ = ["DemoError", "Options", "run_demo"]
