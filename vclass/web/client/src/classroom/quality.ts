/** What is read off a connection at one moment; counts are since its start. */
export interface Sample {
  readonly at: number;
  readonly bytes: number;
  readonly bytesSent: number;
  readonly received: number;
  readonly lost: number;
  readonly roundTripMs: number;
  /** The share of what I sent that the server missed, as it says itself. */
  readonly lostUp: number;
  /** For so many seconds some picture stood still. */
  readonly frozenSeconds: number;
  /** The lines of the largest picture that comes in. */
  readonly height: number;
}

/** What the server is told of my connection; see `report` in docs/protocol.md. */
export interface Report {
  readonly up: { readonly kilobits: number; readonly lost: number };
  readonly down: { readonly kilobits: number; readonly lost: number };
  readonly round_trip_ms: number;
  readonly frozen: number;
  readonly height: number;
}

export type Word = "good" | "fair" | "poor";

export interface Quality {
  readonly word: Word;
  readonly kilobits: number;
}

/** How the connection was between two samples. */
export function judge(before: Sample, after: Sample): Quality {
  const kilobits = rate(before.bytes + before.bytesSent, after.bytes + after.bytesSent, before, after);
  return { word: word(lostDown(before, after), after.roundTripMs), kilobits };
}

/** How what I send comes up. */
export function uplink({ lostUp, roundTripMs }: Sample): Word {
  return word(lostUp, roundTripMs);
}

/** The same for the server, in its units. */
export function report(before: Sample, after: Sample): Report {
  const frozen = (after.frozenSeconds - before.frozenSeconds) / ((after.at - before.at) / 1000);
  return {
    up: { kilobits: rate(before.bytesSent, after.bytesSent, before, after), lost: share(after.lostUp) },
    down: { kilobits: rate(before.bytes, after.bytes, before, after), lost: lostDown(before, after) },
    round_trip_ms: Math.min(60_000, Math.round(after.roundTripMs)),
    frozen: share(frozen),
    height: after.height,
  };
}

function rate(from: number, to: number, before: Sample, after: Sample): number {
  return Math.min(1e6, Math.max(0, Math.round(((to - from) * 8) / (after.at - before.at))));
}

function lostDown(before: Sample, after: Sample): number {
  const lost = Math.max(0, after.lost - before.lost);
  const all = Math.max(0, after.received - before.received) + lost;
  return all > 0 ? lost / all : 0;
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Sums up a report of all streams and the path in use. */
export async function sample(connection: RTCPeerConnection): Promise<Sample> {
  const sums = { bytes: 0, bytesSent: 0, received: 0, lost: 0, roundTripMs: 0, lostUp: 0, frozenSeconds: 0, height: 0 };
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === "inbound-rtp") {
      sums.bytes += entry.bytesReceived ?? 0;
      sums.received += entry.packetsReceived ?? 0;
      sums.lost += entry.packetsLost ?? 0;
      sums.frozenSeconds = Math.max(sums.frozenSeconds, entry.totalFreezesDuration ?? 0);
      sums.height = Math.max(sums.height, entry.frameHeight ?? 0);
    } else if (entry.type === "outbound-rtp") {
      sums.bytesSent += entry.bytesSent ?? 0;
    } else if (entry.type === "remote-inbound-rtp") {
      sums.lostUp = Math.max(sums.lostUp, entry.fractionLost ?? 0);
    } else if (entry.type === "candidate-pair" && entry.nominated) {
      sums.roundTripMs = Math.max(sums.roundTripMs, (entry.currentRoundTripTime ?? 0) * 1000);
    }
  }
  return { at: performance.now(), ...sums };
}

function word(lost: number, roundTripMs: number): Word {
  if (lost > 0.08 || roundTripMs > 800) return "poor";
  return lost > 0.02 || roundTripMs > 350 ? "fair" : "good";
}
