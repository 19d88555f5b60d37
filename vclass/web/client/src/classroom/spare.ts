import type { VideoWish } from "../shared/devices.ts";
import { Peer } from "./peer.ts";
import type { Counts } from "./protocol.ts";
import type { Relays } from "./state.ts";

/** So long after media began to flow the page has time for this. */
const LATER_MS = 2000;

/** The next connection with its offer, made while nothing else is to do: when media moves, it leaves at once. */
export class Spare {
  #peer: Peer | null = null;
  #timer = 0;

  /** Makes one in a moment, unless it is there. Where there are relays, the offer waits: it would take a place on each. */
  prepare(relays: Relays, wanted: Counts, video: VideoWish): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#peer ??= new Peer(relays, wanted, video);
      if (relays.servers.length === 0) {
        void this.#peer.prepare().catch(() => this.drop());
      }
    }, LATER_MS);
  }

  /** The one that is ready, or a new one, with at least so many slots. */
  take(relays: Relays, wanted: Counts, video: VideoWish): Peer {
    const peer = this.#peer ?? new Peer(relays, wanted, video);
    this.#peer = null;
    clearTimeout(this.#timer);
    peer.configure(relays);
    peer.grow(wanted);
    return peer;
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#peer?.close();
    this.#peer = null;
  }
}
