"""``python -m tests.signaling.turn.relayed chromium firefox``: pages that may use the relay alone meet through the SFU.

Runs inside of the namespace of `tests.relay`; prints as JSON which way each page took and what it decoded.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import msgspec
from playwright.async_api import Page

from signaling import ice_servers
from tests import relay
from tests.signaling.sfu.browsers import Meeting

MINUTES: Final = 600
PAIR: Final = """async () => {
  const found = [...(await pc.getStats()).values()];
  const pair = found.find(each => each.type === "candidate-pair" && each.state === "succeeded" && each.nominated);
  const own = found.find(each => each.id === pair.localCandidateId);
  return {kind: own.candidateType, protocol: own.relayProtocol || "", address: own.address};
}"""


def wrapped(url: str) -> str:
    """A script before the page's own, after which its connections know one relay, and nothing else."""
    (server,) = ice_servers(relay.settings(), "lesson:page", int(time.time()) + MINUTES)
    servers = [{**msgspec.to_builtins(server), "urls": [url]}]
    more = json.dumps({"iceServers": servers, "iceTransportPolicy": "relay"})
    return f"""
      const Plain = RTCPeerConnection;
      window.RTCPeerConnection = class extends Plain {{
        constructor(options) {{ super({{...options, ...{more}}}); }}
      }};"""


async def meet(kinds: Sequence[str], url: str) -> list[dict[str, Any]]:
    async with Meeting((relay.SITE,)) as meeting:
        for kind in kinds:
            await meeting.join(kind, before=wrapped(url))
        seen = await meeting.wait_until_all_see_each_other()
        ways = [await way(page) for page in meeting.pages]
    return [{**asdict(each), "way": taken} for each, taken in zip(seen, ways, strict=True)]


async def way(page: Page) -> dict[str, str]:
    found: dict[str, str] = await page.evaluate(PAIR)
    return found


def main(kinds: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, relay.coturn(Path(folder)):
        print(json.dumps({url: asyncio.run(meet(kinds, url)) for url in (relay.UDP, relay.TCP)}))


if __name__ == "__main__":
    main(sys.argv[1:])
