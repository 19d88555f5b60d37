import assert from "node:assert/strict";
import { test } from "node:test";

import { verdict } from "../../../vclass/web/client/src/connection/verdict.ts";
import type { Outcome, Outcomes, WayName } from "../../../vclass/web/client/src/connection/ways.ts";
import { isLocal, only, wayOf, WAYS } from "../../../vclass/web/client/src/connection/ways.ts";

const relay = { urls: "turns:relay.example:443?transport=tcp", username: "u", credential: "c" };
const facts = { host: "vclass.example", udp_port: 8443, has_relay: true, relays: [relay] };

function outcomes(all: Outcome, but: Partial<Record<WayName, Outcome>> = {}): Outcomes {
  return { ...(Object.fromEntries(WAYS.map((way) => [way, all])) as Outcomes), ...but };
}

test("the direct way is enough to know, whatever the others do", () => {
  assert.equal(verdict(outcomes("trying", { udp: "works", socket: "works" }), facts)?.kind, "ok");
  assert.equal(verdict(outcomes("trying", { udp: "works" }), facts), null);
});

for (const way of ["tcp", "relay-udp", "relay-tcp", "relay-tls"] as const) {
  test(`a detour by ${way} is good news`, () => {
    assert.equal(verdict(outcomes("blocked", { socket: "works", [way]: "works" }), facts)?.kind, "info");
  });
}

test("without a socket there is no lesson, whatever the media does", () => {
  const found = verdict(outcomes("works", { socket: "blocked" }), facts);
  assert.equal(found?.kind, "bad");
  assert.match(found?.advice ?? "", /WebSockets.*vclass\.example/);
});

test("where nothing gets through, it says what to let through", () => {
  const advice = verdict(outcomes("blocked", { socket: "works" }), facts)?.advice ?? "";
  assert.match(advice, /vclass\.example through on port 8443 \(UDP\), or relay\.example:443/);
});

test("a stranger learns that invited people have one more way", () => {
  const advice = verdict(outcomes("blocked", { socket: "works" }), { ...facts, relays: [] })?.advice ?? "";
  assert.match(advice, /sign in/);
  assert.doesNotMatch(verdict(outcomes("blocked", { socket: "works" }), { ...facts, has_relay: false, relays: [] })?.advice ?? "", /sign in/);
});

test("a server without time for tests is no fault of the network", () => {
  assert.equal(verdict(outcomes("busy", { socket: "works" }), facts)?.kind, "warn");
});

test("a site that announces itself to its own machine alone says so", () => {
  const at = (address: string) => `a=candidate:1 1 udp 2130706431 ${address} 8443 typ host`;
  assert.deepEqual([isLocal(at("127.0.0.1")), isLocal([at("127.0.0.1"), at("192.0.2.1")].join("\r\n"))], [true, false]);
  assert.equal(verdict(outcomes("blocked", { socket: "works", udp: "local" }), facts)?.kind, "warn");
});

test("an address of a relay says which way it is", () => {
  assert.deepEqual(["turn:r", "turn:r:1?transport=udp", "turn:r:1?transport=tcp", "turns:r:443?transport=tcp"].map(wayOf), [
    "relay-udp",
    "relay-udp",
    "relay-tcp",
    "relay-tls",
  ]);
});

test("a description keeps the candidates of one transport, or is none", () => {
  const udp = "a=candidate:1 1 udp 2130706431 203.0.113.10 8443 typ host";
  const tcp = "a=candidate:2 1 tcp 1671430143 203.0.113.10 8443 typ host tcptype passive";
  const sdp = ["v=0", udp, tcp, "a=end-of-candidates"].join("\r\n");
  assert.equal(only("tcp", sdp), ["v=0", tcp, "a=end-of-candidates"].join("\r\n"));
  assert.equal(only("tcp", ["v=0", udp].join("\r\n")), null);
});
