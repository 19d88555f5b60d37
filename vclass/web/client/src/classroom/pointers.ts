import { signal } from "@preact/signals";

/** A place in somebody's picture, as shares of its width and height. */
export interface Point {
  readonly at: string;
  readonly x: number;
  readonly y: number;
}

/** The server passes on 20 messages a second. */
const EVERY_MS = 66;
/** Whoever holds still says so again; a point of which nothing more is heard is gone. */
const RENEW_MS = 1000;
const GONE_MS = 2500;

/** Who points at what, mine too, over a channel that forgets what is lost. */
export class Pointers {
  readonly shown = signal<ReadonlyMap<string, Point>>(new Map());
  readonly #me: () => string | null;
  readonly #timers = new Map<string, number>();
  #channel: RTCDataChannel | null = null;
  #mine: Point | null = null;
  #ticking = 0;
  #sent: Point | null = null;
  #sentAt = 0;

  constructor(me: () => string | null) {
    this.#me = me;
  }

  use(channel: RTCDataChannel): void {
    this.#channel = channel;
    channel.addEventListener("message", ({ data }) => this.#heard(data));
  }

  /** Points there for as long as nothing else is said. */
  point(mine: Point): void {
    this.#mine = mine;
    this.#show(this.#me(), mine);
    if (this.#ticking === 0) {
      this.#say();
      this.#ticking = window.setInterval(() => this.#say(), EVERY_MS);
    }
  }

  release(): void {
    if (this.#mine === null) {
      return;
    }
    clearInterval(this.#ticking);
    this.#ticking = 0;
    this.#mine = this.#sent = null;
    this.#show(this.#me(), null);
    this.#send({ at: null });
  }

  #say(): void {
    const now = performance.now();
    if (this.#mine && (this.#mine !== this.#sent || now - this.#sentAt > RENEW_MS)) {
      this.#sent = this.#mine;
      this.#sentAt = now;
      this.#send(this.#mine);
      this.#show(this.#me(), this.#mine);
    }
  }

  #send(message: object): void {
    if (this.#channel?.readyState === "open") {
      this.#channel.send(JSON.stringify(message));
    }
  }

  #heard(data: string): void {
    const { from, at, x, y } = JSON.parse(data) as Point & { from: string };
    this.#show(from, at === null ? null : { at, x, y });
  }

  #show(who: string | null, point: Point | null): void {
    if (who === null) {
      return;
    }
    clearTimeout(this.#timers.get(who));
    const shown = new Map(this.shown.value);
    if (point) {
      shown.set(who, point);
      this.#timers.set(who, window.setTimeout(() => this.#show(who, null), GONE_MS));
    } else {
      shown.delete(who);
      this.#timers.delete(who);
    }
    this.shown.value = shown;
  }
}
