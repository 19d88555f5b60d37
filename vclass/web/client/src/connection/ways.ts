// The ways that a lesson may take, and how each is tried: with a real connection to the media server that leads to nobody.

import { csrfToken } from "../shared/data.ts";
import type { ConnectionData, RelayAddress } from "./page-data.ts";

/** `local`: the server announces no address but this machine's own to itself, and that one did not do. */
export type Outcome = "trying" | "works" | "blocked" | "local" | "absent" | "busy";
export type WayName = "socket" | "udp" | "tcp" | "relay-udp" | "relay-tcp" | "relay-tls";
export type Outcomes = Readonly<Record<WayName, Outcome>>;

export const WAYS: readonly WayName[] = ["socket", "udp", "tcp", "relay-udp", "relay-tcp", "relay-tls"];
const PATIENCE_MS = 10_000;
const BUSY = [429, 503];

/** Tries every way at once, and tells of each as soon as it is known. */
export async function tryAll(data: ConnectionData, tell: (way: WayName, outcome: Outcome) => void): Promise<void> {
  const tries: Record<WayName, () => Promise<Outcome>> = {
    socket: () => trySocket(data.socket_path),
    udp: () => tryMedia(data.probe_path, "udp"),
    tcp: () => tryMedia(data.probe_path, "tcp"),
    "relay-udp": () => tryRelay(data, "relay-udp"),
    "relay-tcp": () => tryRelay(data, "relay-tcp"),
    "relay-tls": () => tryRelay(data, "relay-tls"),
  };
  await Promise.all(WAYS.map(async (way) => tell(way, await tries[way]().catch((): Outcome => "blocked"))));
}

/** Which way an address of a relay is (RFC 7065). */
export function wayOf(url: string): WayName {
  if (url.startsWith("turns:")) {
    return "relay-tls";
  }
  return url.endsWith("?transport=tcp") ? "relay-tcp" : "relay-udp";
}

/** A description with the candidates of one transport alone; null when it has none of that. */
export function only(transport: "udp" | "tcp", sdp: string): string | null {
  const lines = sdp.split("\r\n");
  const fits = (line: string) => line.split(" ")[2]?.toLowerCase() === transport;
  const isCandidate = (line: string) => line.startsWith("a=candidate:");
  const kept = lines.filter((line) => !isCandidate(line) || fits(line));
  return kept.some(isCandidate) ? kept.join("\r\n") : null;
}

/** Whether all candidates are on the loopback interface, with which Firefox never pairs. */
export function isLocal(sdp: string): boolean {
  const addresses = sdp.split("\r\n").filter((line) => line.startsWith("a=candidate:")).map((line) => line.split(" ")[4] ?? "");
  return addresses.every((address) => address.startsWith("127.") || address === "::1");
}

async function tryRelay(data: ConnectionData, way: WayName): Promise<Outcome> {
  const found = data.relays.find((relay) => wayOf(relay.urls) === way);
  return found ? tryMedia(data.probe_path, "udp", found) : "absent";
}

async function tryMedia(path: string, transport: "udp" | "tcp", relay?: RelayAddress): Promise<Outcome> {
  const connection = new RTCPeerConnection(relay ? { iceServers: [relay], iceTransportPolicy: "relay" } : {});
  try {
    connection.addTransceiver("audio", { direction: "recvonly" });
    await connection.setLocalDescription();
    const answer = await ask(path, connection.localDescription?.sdp ?? "");
    const sdp = answer === null ? null : only(transport, answer);
    if (sdp === null) {
      return answer === null ? "busy" : "absent";
    }
    await connection.setRemoteDescription({ type: "answer", sdp });
    const found = await outcome(connection);
    return found === "blocked" && isLocal(sdp) ? "local" : found;
  } finally {
    connection.close();
  }
}

/** The server's answer; null when it has no time for tests. */
async function ask(path: string, body: string): Promise<string | null> {
  const headers = { "Content-Type": "application/sdp", "X-CSRF-Token": csrfToken() ?? "" };
  const response = await fetch(path, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (BUSY.includes(response.status)) {
    return null;
  }
  if (!response.ok) {
    throw new Error(`The probe was refused: ${response.status}`);
  }
  return response.text();
}

/** Connected means encrypted both ways: more than an address that answers. */
function outcome(connection: RTCPeerConnection): Promise<Outcome> {
  return new Promise((resolve) => {
    window.setTimeout(() => resolve("blocked"), PATIENCE_MS);
    connection.addEventListener("connectionstatechange", () => {
      const state = connection.connectionState;
      if (state === "connected" || state === "failed") {
        resolve(state === "connected" ? "works" : "blocked");
      }
    });
  });
}

/** A socket works when something comes back: some networks open it and let nothing through. */
function trySocket(path: string): Promise<Outcome> {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url.href);
  return new Promise<Outcome>((resolve) => {
    window.setTimeout(() => resolve("blocked"), PATIENCE_MS);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "ping" })));
    socket.addEventListener("message", () => resolve("works"));
    socket.addEventListener("close", () => resolve("blocked"));
  }).finally(() => socket.close());
}
