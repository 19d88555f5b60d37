import { effect, signal } from "@preact/signals";

import { setServerTime } from "../shared/clock.ts";
import type { Kind } from "../shared/devices.ts";
import { LocalMedia } from "./local.ts";
import { MediaLink } from "./media-link.ts";
import { Mutes } from "./mutes.ts";
import { nextId, Outbox } from "./outbox.ts";
import { Paced } from "./paced.ts";
import type { PageData } from "./page-data.ts";
import { USUAL_VIDEO } from "./page-data.ts";
import type { Counts, Handlers, RecordingAction, ServerMessage, ServerMessageOf } from "./protocol.ts";
import { dispatch } from "./protocol.ts";
import { Pointers } from "./pointers.ts";
import type { Relays } from "./state.ts";
import type { Report } from "./quality.ts";
import { EMPTY, myself, reduce } from "./state.ts";
import { Visit } from "./visit.ts";
import { Wants } from "./wants.ts";

const KINDS: readonly Kind[] = ["audio", "video"];
const LATER_MS = 1500;
/** Credentials of relays last for two hours at most: who moves after that needs newer ones at once. */
const RELAYS_MS = 30 * 60_000;
/** Whoever waits for credentials has lost sound and picture: the former ones may do. */
const RELAYS_WAIT_MS = 1000;
/** A picture that stands for longer is a lie. */
const LAST_PICTURE_MS = 2000;
/** A phone decodes few pictures well, and an offer has its greatest length; beyond that the server chooses. */
const MOST: Counts = { audio: 8, video: matchMedia("(max-width: 64rem)").matches ? 4 : 12 };

/** The live lesson: what is known of it, my devices, the media and the visit, and how they act on one another. */
export class Lesson {
  readonly page: PageData;
  readonly #known = new Paced(EMPTY);
  /** What is known, to be drawn. */
  readonly state = this.#known.drawn;
  readonly outbox = new Outbox();
  readonly pointers = new Pointers(() => this.#known.value.me);
  /** While media moves: what everybody's tile showed last, and goes on to show where the old connection lingers. */
  readonly lastPictures = signal<ReadonlyMap<string, MediaStream>>(new Map());
  /** While the old connection lingers: what was heard of everybody. */
  readonly lastSounds = signal<ReadonlyMap<string, MediaStream>>(new Map());
  /** A sentence of the server about something that did not work. */
  readonly notice = signal<string | null>(null);
  readonly local: LocalMedia;
  readonly media: MediaLink;
  readonly visit: Visit;
  readonly wants: Wants;
  readonly #mutes = new Mutes();
  #toReplay = 0;
  #relaysCame: () => void = () => undefined;

  constructor(page: PageData) {
    this.page = page;
    const video = page.video ?? USUAL_VIDEO;
    this.local = new LocalMedia(video, (kind) => this.#deviceChanged(kind));
    this.visit = new Visit({
      url: socketUrl(page.ws_url),
      ticket: page.ticket,
      ticketUrl: page.ticket_url,
      resume: () => {
        const { secret, seq } = this.#known.value;
        return secret === null ? null : { secret, seq };
      },
      message: (message) => this.#message(message),
    });
    this.media = new MediaLink({
      video,
      send: (message) => this.visit.send(message),
      track: (kind) => this.local.device(kind).track,
      pointer: (channel) => this.pointers.use(channel),
      relays: () => this.#freshRelays(),
      trouble: () => this.visit.wake(),
      parted: () => this.#forgetLast(),
      networkChanged: () => this.visit.drop(0),
      rejoin: () => this.visit.phase.value === "inside" && this.visit.rejoin(),
    });
    this.wants = new Wants({
      slots: () => this.#known.value.slots,
      settled: () => this.media.settled,
      send: (message) => this.visit.send(message),
    });
    window.setInterval(() => void this.#freshRelays(), RELAYS_MS);
    effect(() => {
      if (this.visit.phase.value === "over") {
        this.#end();
      }
    });
  }

  say(text: string): void {
    const { id } = this.outbox.add(text);
    this.visit.send({ type: "chat", id, text });
  }

  muteOther(participant: string): void {
    this.visit.send({ type: "mute_other", kind: "audio", participant });
  }

  report(report: Report): void {
    this.visit.send({ type: "report", ...report });
  }

  record(action: RecordingAction): void {
    this.visit.send({ type: "record", action });
  }

  /** Answers whether I may be recorded. */
  consent(given: boolean): void {
    const { recording } = this.#known.value;
    if (recording && this.visit.send({ type: "consent", recording: recording.id, given })) {
      this.#known.value = { ...this.#known.value, recording: { ...recording, consent: given ? "given" : "declined" } };
    }
  }

  leave(): void {
    this.visit.leave();
  }

  /** The page is seen again, or the network is back. */
  wake(): void {
    this.local.revive();
    this.visit.wake();
  }

  #message(message: ServerMessage): void {
    const replayed = this.#toReplay > 0 && message.seq > this.#known.value.seq;
    if (message.type === "moved") {
      this.#keepLast(message.linger ?? 0);
    }
    this.#known.value = reduce(this.#known.value, message);
    dispatch(this.#reactions, message);
    if (replayed) {
      this.#toReplay -= 1;
      this.#whenCaughtUp();
    }
  }

  readonly #reactions: Handlers<void> = {
    welcome: (m) => this.#welcomed(m),
    resumed: (m) => this.#resumed(m),
    answer: ({ rev, sdp }) => void this.#answered(rev, sdp),
    tracks: (m) => this.#isMe(m.participant) && this.#reconcile(),
    muted: (m) => this.#isMe(m.participant) && this.#mutedMe(m.kind, m.muted),
    state: (m) => this.#isMe(m.participant) && m.state === "connecting" && this.#mediaGivenUp(),
    moved: ({ linger }) => this.#toReplay === 0 && void this.#restartMedia(linger),
    slots: () => this.wants.reconsider(),
    need_slots: () => void this.media.grow(capped(this.#known.value.wanted)),
    turn: () => this.#relaysCame(),
    chat: ({ re }) => void this.outbox.settle(re),
    error: (m) => this.#failed(m),
  };

  #welcomed({ now, media, slots }: ServerMessageOf<"welcome">): void {
    setServerTime(now);
    this.#toReplay = 0;
    this.#mutes.forget();
    this.#settleShown();
    if (media === "new") {
      void this.media.start(this.#known.value.relays, capped(slots));
    }
    this.#whenCaughtUp();
  }

  #resumed({ media, missed }: ServerMessageOf<"resumed">): void {
    this.#toReplay = missed;
    this.#mutes.forget();
    void this.#freshRelays();
    if (media === "new") {
      void this.#restartMedia();
    }
    this.#whenCaughtUp();
  }

  #whenCaughtUp(): void {
    if (this.#toReplay > 0) {
      return;
    }
    void this.media.caughtUp();
    this.wants.reconsider();
    this.#reconcile();
    for (const { id, text } of this.outbox.drafts.value) {
      this.visit.send({ type: "chat", id, text });
    }
  }

  /** After a welcome without a replay: lines of mine that are in the chat have arrived. */
  #settleShown(): void {
    const { chat, me } = this.#known.value;
    const mine = new Set(chat.filter((line) => line.from === me).map((line) => line.text));
    for (const { id } of this.outbox.drafts.value.filter((draft) => mine.has(draft.text))) {
      this.outbox.settle(id);
    }
  }

  async #answered(rev: number, sdp: string): Promise<void> {
    await this.media.answer(rev, sdp);
    this.wants.forget();
    this.#reconcile();
  }

  #mediaGivenUp(): void {
    const before = this.media.connection?.connectionState;
    if (this.media.settled && before !== "new" && before !== "connecting") {
      void this.#restartMedia();
    }
  }

  #keepLast(linger: number): void {
    this.lastPictures.value = this.#carried("video");
    this.lastSounds.value = linger > 0 ? this.#carried("audio") : new Map();
    if (linger === 0) {
      window.setTimeout(() => this.#forgetLast(), LAST_PICTURE_MS);
    }
  }

  #forgetLast(): void {
    this.lastPictures.value = new Map();
    this.lastSounds.value = new Map();
  }

  /** What comes of everybody now. */
  #carried(kind: Kind): ReadonlyMap<string, MediaStream> {
    const filled = this.#known.value.slots.filter((slot) => slot.kind === kind && slot.participant !== null);
    const streams = filled.map(({ mid, participant }) => [participant, this.media.streams.value.get(mid)] as const);
    return new Map(streams.filter((one): one is [string, MediaStream] => one[1] !== undefined));
  }

  #restartMedia(linger = 0): Promise<void> {
    const { relays, wanted } = this.#known.value;
    return this.media.start(relays, capped(wanted), linger);
  }

  /** The relays, with fresh credentials where the server can be asked for them now. */
  async #freshRelays(): Promise<Relays> {
    if (this.#known.value.relays.servers.length > 0 && this.visit.send({ type: "turn" })) {
      await new Promise<void>((resolve) => {
        this.#relaysCame = resolve;
        window.setTimeout(resolve, RELAYS_WAIT_MS);
      });
    }
    return this.#known.value.relays;
  }

  #deviceChanged(kind: Kind): void {
    void this.media.update(kind);
    this.#reconcile();
  }

  /** Asks the server for what my switches say, where it says otherwise. */
  #reconcile(): void {
    const tracks = myself(this.#known.value)?.tracks ?? [];
    for (const kind of KINDS) {
      const known = this.#mutes.pending(kind) ?? tracks.find((track) => track.kind === kind)?.muted;
      const muted = !this.local.device(kind).on;
      if (known === undefined || known === muted || !this.media.settled) {
        continue;
      }
      const id = nextId();
      if (this.visit.send({ type: "mute", id, kind, muted })) {
        this.#mutes.asked(id, kind, muted);
      }
    }
  }

  #mutedMe(kind: Kind, muted: boolean): void {
    if (!this.#mutes.heard(kind, muted) && muted && this.local.device(kind).on) {
      this.local.turnOff(kind);
    }
  }

  #failed({ code, message, re, retry }: ServerMessageOf<"error">): void {
    const wasMute = re !== undefined && this.#mutes.refused(re) !== null;
    if (retry === "later") {
      window.setTimeout(() => this.#whenCaughtUp(), LATER_MS);
    } else if (retry === undefined) {
      this.outbox.settle(re);
      this.notice.value = wasMute && code === "no_media" ? null : message;
    }
  }

  #end(): void {
    this.media.stop();
    this.local.stop();
    this.wants.stop();
    this.#mutes.forget();
  }

  #isMe(participant: string): boolean {
    return participant === this.#known.value.me;
  }
}

function capped({ audio, video }: Counts): Counts {
  return { audio: Math.min(audio, MOST.audio), video: Math.min(video, MOST.video) };
}

/** A path becomes an absolute WebSocket URL: browsers of 2023 know no relative ones. */
function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
