import assert from "node:assert/strict";
import { test } from "node:test";

import { pauseBefore } from "../../../vclass/web/client/src/classroom/backoff.ts";
import { playedCodecs, sentCodecs } from "../../../vclass/web/client/src/classroom/codecs.ts";
import { hueClass } from "../../../vclass/web/client/src/classroom/hue.ts";
import { actionOf } from "../../../vclass/web/client/src/classroom/keyboard.ts";
import { arrange } from "../../../vclass/web/client/src/classroom/layout.ts";
import { encodings, qualityFor } from "../../../vclass/web/client/src/classroom/layers.ts";
import { Mutes } from "../../../vclass/web/client/src/classroom/mutes.ts";
import type { Participant, Role } from "../../../vclass/web/client/src/classroom/protocol.ts";
import type { Sample } from "../../../vclass/web/client/src/classroom/quality.ts";
import { judge, report, uplink } from "../../../vclass/web/client/src/classroom/quality.ts";
import { wishes } from "../../../vclass/web/client/src/classroom/wants.ts";
import { nextChange, relative, wallTime } from "../../../vclass/web/client/src/shared/clock.ts";
import { t, tn, translate } from "../../../vclass/web/client/src/shared/i18n.ts";
import { loudness } from "../../../vclass/web/client/src/shared/level.ts";

function person(id: string, role: Role, video = false): Participant {
  const silent = { institution: null, language: "en", audio: false, tracks: [] } as const;
  return { id, role, video, name: id, ...silent, state: "live", signal: "good" };
}

function ids(people: readonly Participant[]): string {
  return people.map((one) => one.id).join(" ");
}

test("pauses double from a quarter of a second to eight and never fall under their half", () => {
  const longest = [0, 1, 2, 5, 9].map((attempt) => pauseBefore(attempt, () => 1));
  assert.deepEqual(longest, [250, 500, 1000, 4000, 4000]);
  assert.equal(pauseBefore(3, () => 0), 1000);
});

test("halls are large, everybody else is small", () => {
  const people = [person("teacher", "teacher", true), person("A-101", "room"), person("214", "room"), person("s", "student")];
  const { large, small } = arrange(people, "s");
  assert.equal(ids(large), "A-101 214");
  assert.equal(ids(small), "teacher s");
});

test("without halls the teacher and the one who speaks are large, in the order in which they came", () => {
  const people = [person("s1", "student"), person("s2", "student", true), person("teacher", "teacher", true)];
  assert.equal(ids(arrange(people, "s1").large), "s1 teacher");
  assert.equal(ids(arrange(people, null).large), "s2 teacher");
});

test("a hue is a class number or the nearest class in degrees", () => {
  assert.deepEqual([1, 8, 345, 350, 0, 240, undefined].map(hueClass), ["ih-1", "ih-8", "ih-1", "ih-1", "ih-1", "ih-2", ""]);
});

test("letters in a text field are text; Escape leaves it", () => {
  const key = { modified: false, focus: "text" } as const;
  assert.equal(actionOf({ ...key, code: "KeyM" }), null);
  assert.equal(actionOf({ ...key, code: "Escape" }), "escape");
});

test("Space presses the button that has the focus and talks elsewhere", () => {
  assert.equal(actionOf({ code: "Space", modified: false, focus: "control" }), null);
  assert.equal(actionOf({ code: "Space", modified: false, focus: "page" }), "talk");
});

test("a key with Ctrl, Alt or Cmd is the browser's", () => {
  assert.equal(actionOf({ code: "KeyC", modified: true, focus: "page" }), null);
});

test("the server's own muting is told apart from the answer to mine", () => {
  const mutes = new Mutes();
  mutes.asked("1", "audio", false);
  assert.equal(mutes.pending("audio"), false);
  assert.equal(mutes.heard("audio", false), true);
  assert.equal(mutes.heard("audio", true), false);
});

test("two quick presses are answered in their order", () => {
  const mutes = new Mutes();
  mutes.asked("1", "audio", true);
  mutes.asked("2", "audio", false);
  assert.equal(mutes.heard("audio", true), true);
  assert.equal(mutes.pending("audio"), false);
});

test("a refused request is forgotten", () => {
  const mutes = new Mutes();
  mutes.asked("1", "video", false);
  assert.equal(mutes.refused("1"), "video");
  assert.equal(mutes.pending("video"), null);
});

const start: Sample = {
  at: 0,
  bytes: 0,
  bytesSent: 0,
  received: 0,
  lost: 0,
  roundTripMs: 20,
  lostUp: 0,
  frozenSeconds: 0,
  height: 0,
};

test("what the server is told of a connection is what came and went between two looks", () => {
  const later = { ...start, at: 10_000, bytes: 125_000, bytesSent: 250_000, received: 950, lost: 50 };
  const told = report(start, { ...later, lostUp: 0.1, frozenSeconds: 2.5, height: 360 });
  assert.deepEqual(told, {
    up: { kilobits: 200, lost: 0.1 },
    down: { kilobits: 100, lost: 0.05 },
    round_trip_ms: 20,
    frozen: 0.25,
    height: 360,
  });
});

test("how I come up is judged by what the server misses, not by what I miss", () => {
  assert.equal(uplink({ ...start, lost: 1000 }), "good");
  assert.equal(uplink({ ...start, lostUp: 0.05 }), "fair");
  assert.equal(uplink({ ...start, lostUp: 0.2 }), "poor");
});

test("the connection's word comes from loss and delay, its number from what flowed", () => {
  const fine = { ...start, at: 5000, bytes: 62_500, received: 1000, lost: 1 };
  assert.deepEqual(judge(start, fine), { word: "good", kilobits: 100 });
  assert.equal(judge(start, { ...fine, lost: 50 }).word, "fair");
  assert.equal(judge(start, { ...fine, roundTripMs: 900 }).word, "poor");
});

test("a count takes the plural form of the page's language", () => {
  translate("uk", { "{n} min left": ["ще {n} хвилина", "ще {n} хвилини", "ще {n} хвилин"] });
  const said = [1, 3, 5, 21].map((n) => tn("{n} min left", "{n} min left", n));
  assert.deepEqual(said, ["ще 1 хвилина", "ще 3 хвилини", "ще 5 хвилин", "ще 21 хвилина"]);
});

test("a text without a translation stays English and keeps its values", () => {
  translate("uk", { Chat: "" });
  assert.equal(t("Chat"), "Chat");
  assert.equal(t("Mute {name}", { name: "Anna" }), "Mute Anna");
});

test("a countdown says minutes until the last one and seconds in it", () => {
  assert.equal(relative(18 * 60_000 + 5000, 0, "en"), "in 18 min");
  assert.equal(relative(42_000, 0, "en"), "in 42 sec");
  assert.equal(nextChange(18 * 60_000 + 5000, 0), 5000);
  assert.equal(nextChange(42_500, 0), 500);
});

test("a clock shows the wall time of its zone and nothing for an unknown one", () => {
  const instant = Date.parse("2026-10-06T08:31:00Z");
  assert.equal(wallTime(instant, "Europe/Vienna", "en"), "10:31");
  assert.equal(wallTime(instant, "Nowhere/Atall", "en"), null);
});

test("silence is level nought and full sound a hundred", () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  assert.equal(loudness(new Float32Array(64).fill(1)), 100);
});

function sent(width: number, height: number): string {
  const active = encodings(width, height).filter((one) => one.active);
  return active.map((one) => `${one.rid}/${one.scaleResolutionDownBy}`).join(" ");
}

test("a camera of 960x540 is sent in three sizes, a smaller one in two or in one", () => {
  assert.equal(sent(1280, 720), "q/4 h/2 f/1");
  assert.equal(sent(960, 540), "q/4 h/2 f/1");
  assert.equal(sent(640, 360), "q/2 h/1");
  assert.equal(sent(320, 240), "q/1");
});

test("each size has the bits that it is worth, and every offer the same names", () => {
  const all = encodings(960, 540);
  assert.deepEqual(all.map((one) => one.rid), ["q", "h", "f"]);
  assert.deepEqual(all.map((one) => one.maxBitrate), [113_400, 453_600, 1_814_400]);
  assert.equal(encodings(160, 120)[0]?.maxBitrate, 100_000);
});

test("a picture is asked for as large as it is drawn", () => {
  assert.deepEqual([0, 180, 181, 360, 361, 2000].map(qualityFor), ["q", "q", "h", "h", "f", "f"]);
});

test("every slot for a picture is asked for, those that show nobody with the smallest", () => {
  const slot = (mid: string, kind: "audio" | "video", participant: string | null) => ({ mid, kind, participant, track: participant, lacks: null, paused: false });
  const slots = [slot("2", "audio", "a"), slot("3", "video", "a"), slot("5", "video", "b"), slot("7", "video", null)];
  const lines = new Map([["a", 700]]);
  assert.deepEqual(wishes(slots, lines), [
    { mid: "3", quality: "f" },
    { mid: "5", quality: "q" },
    { mid: "7", quality: "q" },
  ]);
});

const CODECS = [
  ["video/AV1", "level-idx=5;profile=0;tier=0"],
  ["video/AV1", "level-idx=5;profile=1;tier=0"],
  ["video/VP9", "profile-id=2"],
  ["video/VP9", "profile-id=0"],
  ["video/H264", "packetization-mode=0;profile-level-id=42e01f"],
  ["video/H264", "packetization-mode=1;profile-level-id=42e01f"],
  ["video/H264", "packetization-mode=1;profile-level-id=640c1f"],
  ["video/H264", "packetization-mode=1;profile-level-id=4d001f"],
  ["video/red", ""],
  ["video/rtx", ""],
  ["video/VP8", ""],
].map(([mimeType = "", sdpFmtpLine = ""]) => ({ mimeType, sdpFmtpLine, clockRate: 90_000 }));

function names(codecs: readonly RTCRtpCodec[]): string {
  return codecs.map(({ mimeType, sdpFmtpLine }) => `${mimeType.slice(6)} ${sdpFmtpLine ?? ""}`.trim()).join(", ");
}

test("a camera sends what every browser plays, VP8 first", () => {
  assert.equal(names(sentCodecs("video", CODECS)), "VP8, H264 packetization-mode=1;profile-level-id=42e01f, rtx");
});

test("a slot plays the usual forms of every codec that the browser has", () => {
  const h264 = "H264 packetization-mode=1;profile-level-id=42e01f, H264 packetization-mode=1;profile-level-id=640c1f";
  const played = `VP8, ${h264}, rtx, VP9 profile-id=0, AV1 level-idx=5;profile=0;tier=0`;
  assert.equal(names(playedCodecs("video", CODECS)), played);
  assert.equal(names(playedCodecs("video", [{ mimeType: "video/VP9", clockRate: 90_000 }])), "VP9");
});
