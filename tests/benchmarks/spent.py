"""How much CPU time a process has had, to the nanosecond: `/proc/PID/stat` counts in hundredths of a second."""

from pathlib import Path

import psutil


def cpu_seconds(process: psutil.Process) -> float:
    """CPU time of the threads that the process has now."""
    tasks = Path(f"/proc/{process.pid}/task")
    try:
        return sum(int((each / "schedstat").read_text("ascii").split()[0]) for each in tasks.iterdir()) / 1e9
    except FileNotFoundError:  # not Linux, or a kernel without these figures
        times = process.cpu_times()
        return float(times.user + times.system)
