import { signal } from "@preact/signals";

import type { Kind, VideoWish } from "../shared/devices.ts";
import { Network } from "./network.ts";
import type { Peer } from "./peer.ts";
import type { ClientMessage, Counts } from "./protocol.ts";
import type { Relays } from "./state.ts";
import { Spare } from "./spare.ts";

/** From an answer to media that flows; longer means that something is in the way. */
const PATIENCE_MS = 5000;
/** A path that is gone for so long is not just a moment's loss. */
const SILENCE_MS = 2000;
/** So long after a new connection stands, the one before it may still be needed: by others, who are slower. */
const SETTLE_MS = 1500;
const KINDS: readonly Kind[] = ["audio", "video"];

export interface MediaNeeds {
  readonly video: VideoWish;
  readonly send: (message: ClientMessage) => boolean;
  readonly track: (kind: Kind) => MediaStreamTrack | null;
  /** What people point at comes and goes over this channel from now on. */
  readonly pointer: (channel: RTCDataChannel) => void;
  /** The relays with credentials for a new try. */
  readonly relays: () => Promise<Relays>;
  /** Media stopped: whoever keeps the socket may look whether it lives. */
  readonly trouble: () => void;
  /** The connection that lingered is closed. */
  readonly parted: () => void;
  /** The device is in another network: what hangs in the former one needn't be waited for. */
  readonly networkChanged: () => void;
  /** Nothing else helped: take the seat anew with another ticket. */
  readonly rejoin: () => void;
}

/** Sound and picture through all troubles: ICE restart first, a new connection or a new visit after that. */
export class MediaLink {
  readonly streams = signal<ReadonlyMap<string, MediaStream>>(new Map());
  readonly flowing = signal(false);
  readonly #needs: MediaNeeds;
  readonly #spare = new Spare();
  readonly #network = new Network(() => this.#networkChanged());
  #peer: Peer | null = null;
  #rev = 0;
  #pending = false;
  #sent = false;
  #fresh = false;
  #mends = 0;
  #timer = 0;
  #again: () => void = () => undefined;
  #lingering: { readonly peer: Peer; timer: number } | null = null;

  constructor(needs: MediaNeeds) {
    this.#needs = needs;
  }

  get connection(): RTCPeerConnection | null {
    return this.#peer?.connection ?? null;
  }

  /** True once the server has answered the last offer. */
  get settled(): boolean {
    return this.#peer !== null && !this.#pending;
  }

  /**
   * Goes on with a new connection; the former one, if any, ends when the offer is on its way: closing takes time.
   * It may linger for so many milliseconds where the server still carries it.
   */
  async start(relays: Relays, wanted: Counts, linger = 0): Promise<void> {
    this.#part();
    const former = this.#forget();
    if (former && linger > 0) {
      this.#lingering = { peer: former, timer: window.setTimeout(() => this.#part(), linger) };
    }
    const peer = this.#spare.take(relays, wanted, this.#needs.video);
    this.#peer = peer;
    this.#needs.pointer(peer.pointer);
    this.#fresh = true;
    this.#again = () => this.#spare.prepare(relays, wanted, this.#needs.video);
    peer.connection.addEventListener("connectionstatechange", () => this.#changed(peer));
    const tracks = KINDS.map((kind) => peer.send(kind, this.#needs.track(kind)));
    await this.#offer(); // asked for before anything is drawn, and done in that order
    await Promise.all(tracks);
    if (former !== this.#lingering?.peer) {
      former?.close();
    }
  }

  async answer(rev: number, sdp: string): Promise<void> {
    const peer = this.#peer;
    if (!peer || rev !== this.#rev || !this.#pending) {
      return;
    }
    this.#pending = false;
    this.#fresh = false;
    await peer.answer(sdp);
    this.streams.value = peer.streams();
    this.#arm(PATIENCE_MS);
  }

  /** Offers again with more receive slots, when there are too few. */
  async grow(wanted: Counts): Promise<void> {
    if (this.#peer?.grow(wanted)) {
      await this.#offer();
    }
  }

  /** The socket is back and all that was missed has been handled: an offer without an answer goes out again. */
  async caughtUp(): Promise<void> {
    if (this.#peer && this.#pending && this.#sent) {
      await this.#offer();
    }
  }

  /** The server did not take the offer now; it may later. */
  retryLater(pause: number): void {
    window.setTimeout(() => void this.caughtUp(), pause);
  }

  async update(kind: Kind): Promise<void> {
    await this.#peer?.send(kind, this.#needs.track(kind));
  }

  stop(): void {
    this.#part();
    this.#forget()?.close();
    this.#spare.drop();
    this.#network.stop();
  }

  /** Ends the connection that lingers, if there is one. */
  #part(): void {
    if (this.#lingering) {
      clearTimeout(this.#lingering.timer);
      this.#lingering.peer.close();
      this.#lingering = null;
      this.#needs.parted();
    }
  }

  #settle(): void {
    const former = this.#lingering;
    if (former) {
      window.setTimeout(() => former === this.#lingering && this.#part(), SETTLE_MS);
    }
  }

  #forget(): Peer | null {
    clearTimeout(this.#timer);
    const former = this.#peer;
    this.#peer = null;
    this.#pending = false;
    this.flowing.value = false;
    this.streams.value = new Map();
    return former;
  }

  async #offer(restart = false): Promise<void> {
    const peer = this.#peer;
    if (!peer) {
      return;
    }
    this.#pending = true;
    this.#sent = false;
    const sdp = await peer.offer(restart);
    if (peer === this.#peer) {
      this.#rev += 1;
      this.#sent = true;
      this.#needs.send({ type: "offer", sdp, rev: this.#rev, ...(this.#fresh ? { fresh: true } : {}) });
    }
  }

  #changed(peer: Peer): void {
    if (peer !== this.#peer) {
      return;
    }
    const state = peer.connection.connectionState;
    this.flowing.value = state === "connected";
    if (state === "connected") {
      clearTimeout(this.#timer);
      this.#mends = 0;
      this.#settle();
      this.#again();
      this.#network.watch();
    } else if (state === "disconnected") {
      this.#needs.trouble();
      this.#spare.drop(); // its addresses may be of a network that is gone
      this.#arm(SILENCE_MS);
    } else if (state === "failed") {
      this.#arm(0);
    }
  }

  /** The server takes checks from the new address by what both sides know already; the answer may come later. */
  #networkChanged(): void {
    this.#spare.drop();
    void this.#offer(true);
    this.#needs.networkChanged();
  }

  #arm(pause: number): void {
    clearTimeout(this.#timer);
    if (this.#peer?.connection.connectionState !== "connected") {
      this.#timer = window.setTimeout(() => void this.#mend(), pause);
    }
  }

  async #mend(): Promise<void> {
    this.#mends += 1;
    if (this.#mends > 1) {
      this.#needs.rejoin();
      return;
    }
    const peer = this.#peer;
    const relays = await this.#needs.relays();
    if (peer && peer === this.#peer) {
      peer.configure(relays);
      await this.#offer(true);
    }
  }
}
