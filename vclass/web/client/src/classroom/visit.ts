import { signal } from "@preact/signals";

import { pauseBefore } from "./backoff.ts";
import type { ClientMessage, ServerMessage, ServerMessageOf } from "./protocol.ts";
import { dispatch } from "./protocol.ts";
import { LessonSocket } from "./socket.ts";
import { newTicket, Refused } from "./tickets.ts";

/** A socket that stood for so long was a good one: the next pause is a short one again. */
const STEADY_MS = 10_000;
const GOODBYE_MS = 600;
const DROPPED = 4000;

export type Phase = "joining" | "inside" | "reconnecting" | "over";

export interface Ending {
  /** `closed.reason` of the protocol, or `refused` (no ticket) or `full`. */
  readonly reason: string;
  readonly message: string;
}

export interface VisitNeeds {
  readonly url: string;
  readonly ticket: string;
  readonly ticketUrl: string;
  /** Where the visit stands, once there was a welcome. */
  readonly resume: () => { readonly secret: string; readonly seq: number } | null;
  readonly message: (message: ServerMessage) => void;
}

/** A visit to the lesson over as many sockets as it takes. */
export class Visit {
  readonly phase = signal<Phase>("joining");
  readonly ending = signal<Ending | null>(null);
  readonly #needs: VisitNeeds;
  #socket: LessonSocket | null = null;
  #ticketNeeded = false;
  #attempt = 0;
  #liveSince = 0;
  #heldUntil = 0;
  #timer = 0;

  constructor(needs: VisitNeeds) {
    this.#needs = needs;
  }

  start(): void {
    this.#ticketNeeded = true;
    this.#open({ type: "hello", ticket: this.#needs.ticket });
  }

  send(message: ClientMessage): boolean {
    return this.phase.value === "inside" && (this.#socket?.send(message) ?? false);
  }

  /** Looks whether the server is there, or tries at once where a pause was running. */
  wake(): void {
    if (this.phase.value === "inside") {
      this.#socket?.probe();
    } else if (this.#timer !== 0 && Date.now() >= this.#heldUntil) {
      this.#again(0);
    }
  }

  /** Takes the seat anew with another ticket; from an ending, too. */
  rejoin(): void {
    this.#ticketNeeded = true;
    if (this.phase.value === "over") {
      this.ending.value = null;
      this.phase.value = "joining";
      this.#again(0);
    } else {
      this.#socket?.close(DROPPED);
    }
  }

  /** Gives up the seat; the server's `closed` ends the visit, or a moment without it. */
  leave(): void {
    const said = this.send({ type: "bye" });
    window.setTimeout(() => this.#finish({ reason: "bye", message: "" }), said ? GOODBYE_MS : 0);
  }

  /** Loses the socket and stays away for so many milliseconds, as a network does. */
  drop(milliseconds: number): void {
    this.#heldUntil = Date.now() + milliseconds;
    this.#socket?.close(DROPPED);
  }

  #open(hello: ClientMessage): void {
    const socket: LessonSocket = new LessonSocket(this.#needs.url, hello, {
      message: (message) => this.#message(message),
      lost: () => socket === this.#socket && this.#lost(),
    });
    this.#socket = socket;
  }

  #message(message: ServerMessage): void {
    dispatch(
      {
        welcome: () => this.#arrived(),
        resumed: () => this.#arrived(),
        closed: (closed) => this.#closed(closed),
        error: ({ code, message, retry }) => {
          this.#ticketNeeded ||= retry === "ticket";
          if (code === "resume_expired") {
            this.#attempt = 0; // the server is there: no reason to be patient
          }
          if (code === "room_full") {
            this.#finish({ reason: "full", message });
          }
        },
      },
      message,
    );
    this.#needs.message(message);
  }

  #arrived(): void {
    this.#ticketNeeded = false;
    this.#liveSince = Date.now();
    this.phase.value = "inside";
  }

  #closed({ reason, message, retry }: ServerMessageOf<"closed">): void {
    if (retry === null && reason !== "resumed") {
      this.#finish({ reason, message });
    }
  }

  #finish(ending: Ending): void {
    if (this.phase.value === "over") {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.phase.value = "over";
    this.ending.value = ending;
    this.#socket?.close();
  }

  #lost(): void {
    if (this.phase.value === "over") {
      return;
    }
    if (this.phase.value === "inside" && Date.now() - this.#liveSince > STEADY_MS) {
      this.#attempt = 0;
    }
    if (this.phase.value === "inside" || this.#attempt > 1) {
      this.phase.value = "reconnecting";
    }
    this.#again(pauseBefore(this.#attempt));
    this.#attempt += 1;
  }

  #again(pause: number): void {
    clearTimeout(this.#timer);
    const held = this.#heldUntil - Date.now();
    this.#timer = window.setTimeout(() => void this.#reconnect(), Math.max(pause, held));
  }

  async #reconnect(): Promise<void> {
    this.#timer = 0;
    const resume = this.#needs.resume();
    if (resume && !this.#ticketNeeded) {
      this.#open({ type: "hello", resume });
      return;
    }
    try {
      this.#open({ type: "hello", ticket: await newTicket(this.#needs.ticketUrl) });
    } catch (error) {
      if (error instanceof Refused) {
        this.#finish({ reason: "refused", message: error.message });
      } else {
        this.#lost();
      }
    }
  }
}
