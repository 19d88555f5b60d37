import type { ClientMessage, ServerMessage } from "./protocol.ts";

/** So long may it take until the first message of the server. */
const WELCOME_MS = 5000;
/** After so much silence the server is asked whether it is there. */
const SILENCE_MS = 15_000;
/** It has so long to answer. */
const PONG_MS = 5000;
const LOST = 4000;

export interface SocketEvents {
  readonly message: (message: ServerMessage) => void;
  /** The socket is gone; the code is that of the closing frame, or one of our own. */
  readonly lost: (code: number) => void;
}

/** One WebSocket from its first message to its end. */
export class LessonSocket {
  readonly #socket: WebSocket;
  readonly #events: SocketEvents;
  #timer = 0;
  #over = false;

  constructor(url: string, hello: ClientMessage, events: SocketEvents) {
    this.#events = events;
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener("open", () => this.send(hello));
    this.#socket.addEventListener("message", (event) => this.#receive(event.data));
    this.#socket.addEventListener("close", (event) => this.#end(event.code));
    this.#timer = window.setTimeout(() => this.close(LOST), WELCOME_MS);
  }

  /** Sends when the socket is open; tells whether it was. */
  send(message: ClientMessage): boolean {
    const open = this.#socket.readyState === WebSocket.OPEN;
    if (open) {
      this.#socket.send(JSON.stringify(message));
    }
    return open;
  }

  /** Asks at once whether the server is there, as after a sleep of the device. */
  probe(): void {
    clearTimeout(this.#timer);
    this.send({ type: "ping" });
    this.#timer = window.setTimeout(() => this.close(LOST), PONG_MS);
  }

  /** Closes without waiting for the other side, which may be out of reach. */
  close(code = 1000): void {
    this.#socket.close(code);
    this.#end(code);
  }

  #receive(data: unknown): void {
    if (this.#over || typeof data !== "string") {
      return;
    }
    this.#listen();
    this.#events.message(JSON.parse(data) as ServerMessage);
  }

  #listen(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.probe(), SILENCE_MS);
  }

  #end(code: number): void {
    clearTimeout(this.#timer);
    if (!this.#over) {
      this.#over = true;
      this.#events.lost(code);
    }
  }
}
