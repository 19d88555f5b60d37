/** What is read off a connection at one moment; counts are since its start. */
export interface Sample {
  readonly at: number;
  readonly bytes: number;
  readonly received: number;
  readonly lost: number;
  readonly roundTripMs: number;
}

export type Word = "good" | "fair" | "poor";

export interface Quality {
  readonly word: Word;
  readonly kilobits: number;
}

/** How the connection was between two samples. */
export function judge(before: Sample, after: Sample): Quality {
  const seconds = (after.at - before.at) / 1000;
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const share = received + lost > 0 ? lost / (received + lost) : 0;
  const kilobits = Math.max(0, Math.round(((after.bytes - before.bytes) * 8) / 1000 / seconds));
  return { word: word(share, after.roundTripMs), kilobits };
}

/** Sums up a report of all streams and the path in use. */
export async function sample(connection: RTCPeerConnection): Promise<Sample> {
  const sums = { bytes: 0, received: 0, lost: 0, roundTripMs: 0 };
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === "inbound-rtp") {
      sums.bytes += entry.bytesReceived ?? 0;
      sums.received += entry.packetsReceived ?? 0;
      sums.lost += entry.packetsLost ?? 0;
    } else if (entry.type === "outbound-rtp") {
      sums.bytes += entry.bytesSent ?? 0;
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
