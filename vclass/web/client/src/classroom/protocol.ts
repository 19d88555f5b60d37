// The messages of docs/protocol.md, under the names they have there.

import type { Kind } from "../shared/devices.ts";
import type { Quality } from "./layers.ts";
import type { Report, Word } from "./quality.ts";

export type Role = "host" | "teacher" | "student" | "guest" | "room";
export type Presence = "connecting" | "live" | "stale" | "away";

export interface Track {
  readonly id: string;
  readonly kind: Kind;
  readonly muted: boolean;
}

export interface Participant {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly institution: { readonly code: string; readonly name: string; readonly hue: number } | null;
  readonly language: string;
  readonly audio: boolean;
  readonly video: boolean;
  readonly tracks: readonly Track[];
  readonly state: Presence;
  /** How well sound and picture come up from there. */
  readonly signal: Word;
  readonly recorded?: boolean;
}

export interface Recording {
  readonly id: string;
  readonly state: "on" | "paused";
  readonly version: string;
  readonly consent: "asked" | "given" | "declined";
}

export type RecordingAction = "start" | "pause" | "resume" | "stop";

export interface Slot {
  readonly mid: string;
  readonly kind: Kind;
  readonly participant: string | null;
  readonly track: string | null;
  /** The codec of the track, when this browser can't decode it. */
  readonly lacks: string | null;
  readonly paused: boolean;
}

/** What a receive slot should show: the server chooses whose picture, I say how good. */
export interface SlotWish {
  readonly mid: string;
  readonly quality: Quality;
}

export interface Line {
  readonly id: string;
  readonly from: string;
  readonly name: string;
  readonly language: string;
  readonly text: string;
  readonly at: string;
}

export interface LessonFacts {
  readonly id: string;
  readonly title: string;
  readonly starts: string;
  readonly ends: string;
}

export interface Counts {
  readonly audio: number;
  readonly video: number;
}

type MediaFate = "new" | "kept";

interface Bodies {
  welcome: {
    readonly epoch: number;
    readonly now: string;
    readonly me: Participant;
    readonly lesson: LessonFacts;
    readonly peers: readonly Participant[];
    readonly chat: readonly Line[];
    readonly speaker: string | null;
    readonly assigned: readonly Slot[];
    readonly slots: Counts;
    readonly media: MediaFate;
    readonly resume: { readonly secret: string };
    readonly recording?: Recording | null;
    readonly ice_servers: readonly RTCIceServer[];
    readonly ice_policy: RTCIceTransportPolicy;
    readonly limits: { readonly chat_chars: number; readonly resume_seconds: number };
  };
  resumed: { readonly media: MediaFate; readonly missed: number };
  answer: { readonly rev: number; readonly sdp: string };
  joined: { readonly participant: Participant };
  left: { readonly participant: string; readonly reason: "bye" | "lost" | "removed" };
  tracks: { readonly participant: string; readonly added: readonly Track[]; readonly removed: readonly string[] };
  slots: { readonly slots: readonly Slot[] };
  muted: { readonly participant: string; readonly kind: Kind; readonly muted: boolean };
  chat: Line & { readonly re?: string };
  speaker: { readonly participant: string | null };
  recording: { readonly id: string; readonly state: "on" | "paused" | "off"; readonly version: string };
  recorded: { readonly participant: string; readonly recorded: boolean };
  state: { readonly participant: string; readonly state: Presence };
  signal: { readonly participant: string; readonly signal: Word };
  moved: { readonly epoch: number; readonly linger?: number };
  need_slots: Counts;
  closed: { readonly reason: string; readonly message: string; readonly retry: "resume" | null };
  error: {
    readonly code: string;
    readonly message: string;
    readonly re?: string;
    readonly retry?: "ticket" | "later";
  };
  turn: { readonly ice_servers: readonly RTCIceServer[]; readonly re?: string };
  pong: { readonly re?: string };
}

export type ServerType = keyof Bodies;
export type ServerMessageOf<T extends ServerType> = Bodies[T] & { readonly type: T; readonly seq: number };
export type ServerMessage = { [T in ServerType]: ServerMessageOf<T> }[ServerType];

export type ClientMessage = { readonly id?: string } & (
  | { readonly type: "hello"; readonly ticket: string }
  | { readonly type: "hello"; readonly resume: { readonly secret: string; readonly seq: number } }
  | { readonly type: "offer"; readonly sdp: string; readonly rev: number; readonly fresh?: boolean }
  | { readonly type: "want"; readonly slots: readonly SlotWish[] }
  | { readonly type: "mute"; readonly kind: Kind; readonly muted: boolean }
  | { readonly type: "mute_other"; readonly kind: Kind; readonly participant: string }
  | { readonly type: "chat"; readonly text: string }
  | { readonly type: "record"; readonly action: RecordingAction }
  | { readonly type: "consent"; readonly recording: string; readonly given: boolean }
  | { readonly type: "turn" }
  | ({ readonly type: "report" } & Report)
  | { readonly type: "ping" }
  | { readonly type: "bye" }
);

/** One function for each type; types that a table leaves out, or that a later server adds, are passed over. */
export type Handlers<R> = { readonly [T in ServerType]?: (message: ServerMessageOf<T>) => R };

export function dispatch<R>(handlers: Handlers<R>, message: ServerMessage): R | undefined {
  const handler = handlers[message.type] as ((message: ServerMessage) => R) | undefined;
  return handler?.(message);
}
