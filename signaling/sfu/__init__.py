"""The selective forwarding unit: ICE-lite, one UDP port for everybody, packets forwarded as they were encoded.

It is made of aiortc's DTLS and SCTP, libsrtp, and what stands here. aiortc is imported when somebody is about to come,
or with the first offer.
"""

from signaling.sfu.engine.choice import best_engine
from signaling.sfu.settings import EngineWish, SfuSettings
from signaling.sfu.sfu import Sfu

__all__ = ["EngineWish", "Sfu", "SfuSettings", "best_engine"]
