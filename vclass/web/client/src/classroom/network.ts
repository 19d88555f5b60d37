/** Addresses of one network turn up one after the other; they are one change. */
const SETTLED_MS = 1000;
/** The page has better things to do while it connects. */
const LATER_MS = 2000;

/**
 * Notices that the device is in another network, by a connection to nobody: browsers go on looking for addresses for it,
 * and for one that stands they don't.
 */
export class Network {
  readonly #changed: () => void;
  #connection: RTCPeerConnection | null = null;
  #timer = 0;
  #gathered = false;
  #last = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Begins in a moment, unless it has. */
  watch(): void {
    this.#timer ||= window.setTimeout(() => void this.#begin().catch(() => this.stop()), LATER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#connection?.close();
    this.#connection = null;
  }

  async #begin(): Promise<void> {
    const connection = new RTCPeerConnection();
    this.#connection = connection;
    this.#gathered = false;
    connection.addEventListener("icecandidate", ({ candidate }) => this.#found(candidate?.candidate ?? ""));
    connection.createDataChannel("");
    await connection.setLocalDescription();
  }

  #found(address: string): void {
    if (address === "") {
      this.#gathered = true;
    } else if (this.#gathered && performance.now() - this.#last > SETTLED_MS) {
      this.#last = performance.now();
      this.#changed();
    }
  }
}
