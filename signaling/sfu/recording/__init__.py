"""Recording: the encoded frames of each publisher, as they came, in one file, and a manifest that says what is where.

Nothing is decoded. `line.py` makes frames of one source's packets, `clock.py` tells when each was taken, `reel.py`
writes them, `studio.py` does so for everybody in a thread of its own, and `mend.py` closes what a killed process left
open.
"""

from signaling.sfu.recording.manifest import File, Manifest, Publisher, Span, TrackEntry
from signaling.sfu.recording.mend import seal

__all__ = ["File", "Manifest", "Publisher", "Span", "TrackEntry", "seal"]
