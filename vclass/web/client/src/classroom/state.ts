// What the client knows of the lesson: a value, and a pure function that takes the next message in.

import type { Counts, LessonFacts, Line, Participant, Recording, ServerMessage, ServerMessageOf, Slot, Track } from "./protocol.ts";
import { dispatch } from "./protocol.ts";

/** How many lines of chat are kept. */
const CHAT_LINES = 500;

export interface LessonState {
  readonly seq: number;
  /** Differs each time the server opens the room, or its media moves. */
  readonly epoch: number;
  readonly me: string | null;
  readonly lesson: LessonFacts | null;
  /** Everybody who is here, I too. */
  readonly people: readonly Participant[];
  readonly slots: readonly Slot[];
  readonly chat: readonly Line[];
  readonly speaker: string | null;
  /** The recording that is made, and what I said to it. */
  readonly recording: Recording | null;
  readonly wanted: Counts;
  readonly secret: string | null;
  readonly relays: Relays;
  readonly chatChars: number;
  /** What happened last among people, for screen readers. */
  readonly news: News | null;
}

/** The ways around blocked networks, and whether they are the only ones allowed. */
export interface Relays {
  readonly servers: readonly RTCIceServer[];
  readonly policy: RTCIceTransportPolicy;
}

export interface News {
  readonly kind: "joined" | "left";
  readonly name: string;
}

export const EMPTY: LessonState = {
  seq: 0,
  epoch: 0,
  me: null,
  lesson: null,
  people: [],
  slots: [],
  chat: [],
  speaker: null,
  recording: null,
  wanted: { audio: 0, video: 0 },
  secret: null,
  relays: { servers: [], policy: "all" },
  chatChars: 2000,
  news: null,
};

/** The state after a message of the server. */
export function reduce(state: LessonState, message: ServerMessage): LessonState {
  const next = dispatch<LessonState>(
    {
      welcome: (m) => ({
        ...EMPTY,
        epoch: m.epoch,
        me: m.me.id,
        lesson: m.lesson,
        people: [m.me, ...m.peers],
        slots: m.assigned,
        chat: m.chat,
        speaker: m.speaker,
        recording: m.recording ?? null,
        wanted: m.slots,
        secret: m.resume.secret,
        relays: { servers: m.ice_servers, policy: m.ice_policy },
        chatChars: m.limits.chat_chars,
      }),
      joined: ({ participant }) => joined(state, participant),
      left: (m) => left(state, m.participant),
      tracks: (m) => change(state, m.participant, (one) => withTracks(one, changedTracks(one, m.added, m.removed))),
      muted: (m) => change(state, m.participant, (one) => withTracks(one, mutedTracks(one, m.kind, m.muted))),
      state: (m) => change(state, m.participant, (one) => ({ ...one, state: m.state })),
      signal: (m) => change(state, m.participant, (one) => ({ ...one, signal: m.signal })),
      slots: (m) => ({ ...state, slots: m.slots }),
      chat: ({ id, from, name, language, text, at }) => ({
        ...state,
        chat: [...state.chat, { id, from, name, language, text, at }].slice(-CHAT_LINES),
      }),
      speaker: (m) => ({ ...state, speaker: m.participant }),
      recording: (m) => ({ ...state, recording: recordingAfter(state.recording, m) }),
      recorded: (m) => change(state, m.participant, (one) => ({ ...one, recorded: m.recorded })),
      turn: (m) => ({ ...state, relays: { ...state.relays, servers: m.ice_servers } }),
      moved: ({ epoch }) => ({ ...state, epoch, people: state.people.map(unconnected), slots: [], speaker: null }),
      need_slots: (m) => ({ ...state, wanted: needed(state.slots, m) }),
    },
    message,
  );
  return { ...(next ?? state), seq: message.seq };
}

export function myself(state: Pick<LessonState, "people" | "me">): Participant | undefined {
  return state.people.find((one) => one.id === state.me);
}

export function others(state: Pick<LessonState, "people" | "me">): readonly Participant[] {
  return state.people.filter((one) => one.id !== state.me);
}

/** The transceiver that carries this participant's picture now. */
export function videoMid(state: LessonState, participant: string): string | null {
  return videoSlot(state, participant)?.mid ?? null;
}

/** The codec in which this participant's picture comes, when this browser can't decode it. */
export function missingCodec(state: LessonState, participant: string): string | null {
  return videoSlot(state, participant)?.lacks ?? null;
}

/** Whether the way down is too narrow for this participant's picture just now. */
export function isPaused(state: LessonState, participant: string): boolean {
  return videoSlot(state, participant)?.paused ?? false;
}

function videoSlot(state: LessonState, participant: string): Slot | undefined {
  return state.slots.find((slot) => slot.kind === "video" && slot.participant === participant);
}

/** The transceivers that carry a microphone that is on. */
export function voices(state: LessonState): readonly string[] {
  const on = new Set(state.people.filter((one) => one.audio).map((one) => one.id));
  const heard = ({ kind, participant }: Slot) => kind === "audio" && participant !== null && on.has(participant);
  return state.slots.filter(heard).map((slot) => slot.mid);
}

/** The participants, by their ids in a line, whose sound has a slot. */
export function heardNow(state: LessonState): string {
  return state.slots.flatMap((slot) => (slot.kind === "audio" && slot.participant ? [slot.participant] : [])).join(" ");
}

/** The same recording keeps what I said to it; another one asks anew. */
function recordingAfter(before: Recording | null, { id, state, version }: ServerMessageOf<"recording">): Recording | null {
  return state === "off" ? null : { id, state, version, consent: before?.id === id ? before.consent : "asked" };
}

function joined(state: LessonState, newcomer: Participant): LessonState {
  const known = state.people.some((one) => one.id === newcomer.id);
  if (known) {
    return change(state, newcomer.id, () => newcomer);
  }
  return { ...state, people: [...state.people, newcomer], news: { kind: "joined", name: newcomer.name } };
}

function left(state: LessonState, id: string): LessonState {
  const gone = state.people.find((one) => one.id === id);
  return {
    ...state,
    people: state.people.filter((one) => one.id !== id),
    slots: state.slots.map((slot) => (slot.participant === id ? { ...slot, participant: null, track: null, lacks: null, paused: false } : slot)),
    speaker: state.speaker === id ? null : state.speaker,
    news: gone ? { kind: "left", name: gone.name } : state.news,
  };
}

function change(state: LessonState, id: string, edit: (one: Participant) => Participant): LessonState {
  return { ...state, people: state.people.map((one) => (one.id === id ? edit(one) : one)) };
}

/** Somebody whose connection went with the worker that had it; shown as before until the new tracks are told. */
function unconnected(one: Participant): Participant {
  return { ...one, tracks: [], state: one.state === "away" ? "away" : "connecting" };
}

function changedTracks(one: Participant, added: readonly Track[], removed: readonly string[]): readonly Track[] {
  const replaced = new Set([...removed, ...added.map((track) => track.id)]);
  return [...one.tracks.filter((track) => !replaced.has(track.id)), ...added];
}

function mutedTracks(one: Participant, kind: Track["kind"], muted: boolean): readonly Track[] {
  return one.tracks.map((track) => (track.kind === kind ? { ...track, muted } : track));
}

function withTracks(one: Participant, tracks: readonly Track[]): Participant {
  const open = (kind: Track["kind"]) => tracks.some((track) => track.kind === kind && !track.muted);
  return { ...one, tracks, audio: open("audio"), video: open("video") };
}

/** A need counts the slots that are missing beside those that the server has told of. */
function needed(slots: readonly Slot[], need: Counts): Counts {
  const total = (kind: Slot["kind"]) => slots.filter((slot) => slot.kind === kind).length + need[kind];
  return { audio: total("audio"), video: total("video") };
}
