import type { Lesson } from "./lesson.ts";
import type { Participant, Slot } from "./protocol.ts";
import { myself } from "./state.ts";

/** What `window.vclass` offers to tests and to people who look for a fault: it reads, or loses the socket. */
export interface Hooks {
  /** What comes in, by slot, and the states of the connection. */
  stats(): Promise<Stats>;
  /** Closes the socket without a word and stays away for so many milliseconds. */
  dropSocket(milliseconds: number): void;
  /** My own participant, once the lesson has let me in. */
  readonly me: Participant | undefined;
}

interface Incoming {
  readonly mid: string;
  readonly participant: string | null;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly bytesReceived: number;
}

export interface Stats {
  readonly video: readonly (Incoming & { framesDecoded: number; frameWidth: number; frameHeight: number })[];
  readonly audio: readonly (Incoming & { totalSamplesReceived: number; totalAudioEnergy: number })[];
  readonly state: {
    readonly phase: string;
    readonly connection: string;
    readonly ice: string;
    readonly people: readonly string[];
    readonly epoch: number;
  };
}

export function installHooks(lesson: Lesson): void {
  const hooks: Hooks = {
    stats: () => stats(lesson),
    dropSocket: (milliseconds) => lesson.visit.drop(milliseconds),
    get me() {
      return myself(lesson.state.value);
    },
  };
  Object.assign(window, { vclass: hooks });
}

async function stats(lesson: Lesson): Promise<Stats> {
  const connection = lesson.media.connection;
  const { people, slots, epoch } = lesson.state.value;
  const entries = [...((await connection?.getStats())?.values() ?? [])].filter((one) => one.type === "inbound-rtp");
  const of = (kind: string) => entries.filter((one) => one.kind === kind);
  return {
    video: of("video").map((one) => ({ ...incoming(one, slots), ...pick(one, VIDEO) })),
    audio: of("audio").map((one) => ({ ...incoming(one, slots), ...pick(one, AUDIO) })),
    state: {
      phase: lesson.visit.phase.value,
      connection: connection?.connectionState ?? "none",
      ice: connection?.iceConnectionState ?? "none",
      people: people.map((one) => one.name),
      epoch,
    },
  };
}

const VIDEO = ["framesDecoded", "frameWidth", "frameHeight"] as const;
const AUDIO = ["totalSamplesReceived", "totalAudioEnergy"] as const;

function incoming(entry: Record<string, unknown>, slots: readonly Slot[]): Incoming {
  const mid = String(entry.mid ?? "");
  const participant = slots.find((slot) => slot.mid === mid)?.participant ?? null;
  return { mid, participant, ...pick(entry, ["packetsReceived", "packetsLost", "bytesReceived"] as const) };
}

function pick<K extends string>(entry: Record<string, unknown>, keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, Number(entry[key] ?? 0)])) as Record<K, number>;
}
