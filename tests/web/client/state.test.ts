import assert from "node:assert/strict";
import { test } from "node:test";

import type { Participant, ServerMessage } from "../../../vclass/web/client/src/classroom/protocol.ts";
import type { LessonState } from "../../../vclass/web/client/src/classroom/state.ts";
import { EMPTY, missingCodec, myself, others, reduce, videoMid, voices } from "../../../vclass/web/client/src/classroom/state.ts";

const anna: Participant = {
  id: "a",
  name: "Anna Leitner",
  role: "teacher",
  institution: { code: "VIE", name: "Vienna", hue: 1 },
  language: "de",
  audio: false,
  video: false,
  tracks: [],
  state: "live",
  signal: "good",
};
const danylo: Participant = { ...anna, id: "d", name: "Danylo Savchuk", role: "student", language: "uk" };

const welcome: ServerMessage = {
  type: "welcome",
  seq: 7,
  epoch: 3,
  now: "2026-10-06T08:00:00Z",
  me: anna,
  lesson: { id: "l", title: "Comparative Media Law", starts: "2026-10-06T08:00:00Z", ends: "2026-10-06T09:30:00Z" },
  peers: [danylo],
  chat: [],
  speaker: null,
  assigned: [],
  slots: { audio: 5, video: 8 },
  media: "new",
  resume: { secret: "s" },
  ice_servers: [],
  ice_policy: "relay",
  limits: { chat_chars: 2000, resume_seconds: 30 },
};

function after(...messages: readonly ServerMessage[]): LessonState {
  return [welcome, ...messages].reduce(reduce, EMPTY);
}

test("a welcome tells who I am and who is there", () => {
  const state = after();
  assert.equal(myself(state)?.name, "Anna Leitner");
  assert.deepEqual(others(state), [danylo]);
  assert.equal(state.secret, "s");
});

test("fresh credentials take the place of the former ones, and the policy stays", () => {
  const servers = [{ urls: ["turn:relay.example"], username: "1:l:p", credential: "c" }];
  assert.deepEqual(after({ type: "turn", seq: 7, ice_servers: servers }).relays, { servers, policy: "relay" });
});

test("each message leaves its number, which is what a resumed visit starts from", () => {
  assert.equal(after({ type: "speaker", seq: 8, participant: "d" }).seq, 8);
});

test("a message of a later version changes nothing but the number", () => {
  const unknown = { type: "weather", seq: 9 } as unknown as ServerMessage;
  assert.deepEqual(after(unknown), { ...after(), seq: 9 });
});

test("a second welcome replaces all that was known", () => {
  const state = after({ type: "speaker", seq: 8, participant: "d" }, { ...welcome, seq: 20, peers: [] });
  assert.equal(state.speaker, null);
  assert.deepEqual(others(state), []);
});

test("somebody who comes is announced, somebody who comes back isn't", () => {
  const maria = { ...danylo, id: "m", name: "Maria Alvarez" };
  const came = after({ type: "joined", seq: 8, participant: maria });
  assert.deepEqual(came.news, { kind: "joined", name: "Maria Alvarez" });
  const again = reduce({ ...came, news: null }, { type: "joined", seq: 9, participant: { ...maria, video: true } });
  assert.equal(again.news, null);
  assert.equal(again.people.length, 3);
});

test("who leaves is gone from the roster, the slots and the floor", () => {
  const slot = { mid: "4", kind: "video", participant: "d", track: "t1", lacks: null, paused: false } as const;
  const shown = after({ type: "slots", seq: 8, slots: [slot] }, { type: "speaker", seq: 9, participant: "d" });
  assert.equal(videoMid(shown, "d"), "4");
  const state = reduce(shown, { type: "left", seq: 10, participant: "d", reason: "bye" });
  assert.deepEqual(others(state), []);
  assert.equal(state.slots[0]?.participant, null);
  assert.equal(state.speaker, null);
});

test("a slot says which codec this browser lacks for somebody's picture, until that one leaves", () => {
  const slot = { mid: "4", kind: "video", participant: "d", track: "t1", lacks: "AV1", paused: false } as const;
  const shown = after({ type: "slots", seq: 8, slots: [slot] });
  assert.equal(missingCodec(shown, "d"), "AV1");
  assert.equal(missingCodec(shown, "a"), null);
  const left = reduce(shown, { type: "left", seq: 9, participant: "d", reason: "bye" });
  assert.equal(left.slots[0]?.lacks, null);
});

test("a message names all slots", () => {
  const first = { mid: "4", kind: "video", participant: "d", track: "t1", lacks: null, paused: false } as const;
  const second = { mid: "5", kind: "video", participant: "a", track: "t2", lacks: null, paused: false } as const;
  const state = after({ type: "slots", seq: 8, slots: [first] }, { type: "slots", seq: 9, slots: [second] });
  assert.deepEqual(state.slots, [second]);
});

test("a microphone is on when its track is there and not muted", () => {
  const track = { id: "t", kind: "audio", muted: true } as const;
  const published = after({ type: "tracks", seq: 8, participant: "d", added: [track], removed: [] });
  assert.equal(others(published)[0]?.audio, false);
  const open = reduce(published, { type: "muted", seq: 9, participant: "d", kind: "audio", muted: false });
  assert.equal(others(open)[0]?.audio, true);
  const gone = reduce(open, { type: "tracks", seq: 10, participant: "d", added: [], removed: ["t"] });
  assert.equal(others(gone)[0]?.audio, false);
});

test("when the media moves everybody keeps the seat, and is shown as before until the new tracks are told", () => {
  const track = { id: "t", kind: "audio", muted: false } as const;
  const slot = { mid: "4", kind: "audio", participant: "d", track: "t", lacks: null, paused: false } as const;
  const before = after(
    { type: "tracks", seq: 8, participant: "d", added: [track], removed: [] },
    { type: "slots", seq: 9, slots: [slot] },
    { type: "speaker", seq: 10, participant: "d" },
    { type: "state", seq: 11, participant: "a", state: "away" },
  );
  const state = reduce(before, { type: "moved", seq: 12, epoch: 4 });
  assert.deepEqual([state.epoch, state.slots, state.speaker], [4, [], null]);
  assert.deepEqual(
    state.people.map((one) => [one.id, one.state, one.audio, one.tracks]),
    [
      ["a", "away", false, []],
      ["d", "connecting", true, []],
    ],
  );
  const told = reduce(state, { type: "tracks", seq: 13, participant: "d", added: [{ ...track, muted: true }], removed: [] });
  assert.equal(others(told)[0]?.audio, false);
});

test("only slots in which a microphone is on are to be heard", () => {
  const slots = ["d", "a", null].map((participant, mid) => ({ mid: `${mid}`, kind: "audio", participant, track: null, lacks: null, paused: false }));
  const track = { id: "t", kind: "audio", muted: false } as const;
  const silent = after({ type: "slots", seq: 8, slots } as ServerMessage);
  assert.deepEqual(voices(silent), []);
  assert.deepEqual(voices(reduce(silent, { type: "tracks", seq: 9, participant: "d", added: [track], removed: [] })), ["0"]);
});

test("a chat line keeps its language and forgets whose request it answers", () => {
  const line = { id: "1", from: "d", name: "Danylo", language: "uk", text: "Ні", at: "2026-10-06T08:27:00Z" };
  assert.deepEqual(after({ type: "chat", seq: 8, re: "c1", ...line }).chat, [line]);
});

test("only the last five hundred lines are kept", () => {
  const lines = Array.from({ length: 501 }, (_, number) => ({
    ...{ type: "chat", seq: number, from: "d", name: "D", language: "uk", text: "x", at: "2026-10-06T08:27:00Z" },
    id: String(number),
  }));
  const state = after(...(lines as ServerMessage[]));
  assert.equal(state.chat.length, 500);
  assert.equal(state.chat[0]?.id, "1");
});

test("a need of slots counts what is missing beside the slots that there are, however often it is said", () => {
  const slots = ["audio", "video", "video"].map((kind, mid) => ({ mid: `${mid}`, kind, participant: null, track: null, lacks: null, paused: false }));
  const needs = [[1, 3], [0, 4]].map(([audio, video]) => ({ type: "need_slots", seq: 9, audio, video }));
  const state = after({ type: "slots", seq: 8, slots } as ServerMessage, ...(needs as ServerMessage[]));
  assert.deepEqual(state.wanted, { audio: 1, video: 6 });
});

test("a recording keeps what I said to it until another one begins", () => {
  const begun = { type: "recording", seq: 8, id: "r", state: "on", version: "1" } as const;
  const answered = { ...after(begun), recording: { id: "r", state: "on", version: "1", consent: "given" } } as LessonState;
  assert.equal(after(begun).recording?.consent, "asked");
  assert.equal(reduce(answered, { ...begun, seq: 9, state: "paused" }).recording?.consent, "given");
  assert.equal(reduce(answered, { ...begun, seq: 9, id: "other" }).recording?.consent, "asked");
  assert.equal(reduce(answered, { ...begun, seq: 9, state: "off" }).recording, null);
});

test("who is recorded is marked", () => {
  const state = after({ type: "recorded", seq: 8, participant: "d", recorded: true });
  assert.deepEqual(others(state).map((one) => one.recorded), [true]);
});
