"""A figure in the text form that Prometheus reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Gauge:
    """What is so many now, or has been since start; each sample has labels in Prometheus' own form, or "" for none.

    Samples of a histogram have the rest of the name before their labels, such as `_sum`.
    """

    name: str
    help: str
    samples: tuple[tuple[str, int], ...]
    kind: Literal["gauge", "counter", "histogram"] = "gauge"

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            yield f"{self.name}{labels} {value}"
