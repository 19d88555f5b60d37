import type { ClientMessage, Slot, SlotWish } from "./protocol.ts";
import { qualityFor } from "./layers.ts";

/** Sizes settle, and people come together: one message says it all. */
const PAUSE_MS = 100;

export interface WantsNeeds {
  readonly slots: () => readonly Slot[];
  /** Whether there is a connection whose slots can be spoken of. */
  readonly settled: () => boolean;
  readonly send: (message: ClientMessage) => boolean;
}

/** Tells the server how good each picture must be for the place where it is drawn; what isn't drawn may be small. */
export class Wants {
  readonly #needs: WantsNeeds;
  readonly #lines = new Map<string, number>();
  #said = "";
  #timer = 0;

  constructor(needs: WantsNeeds) {
    this.#needs = needs;
  }

  /** Somebody's picture is drawn with so many lines of the screen, or with none. */
  drawn(participant: string, lines: number): void {
    this.#lines.set(participant, lines);
    this.reconsider();
  }

  gone(participant: string): void {
    this.#lines.delete(participant);
    this.reconsider();
  }

  /** Slots or sizes changed. */
  reconsider(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#say(), PAUSE_MS);
  }

  /** The server knows nothing of what was said: the connection is another one. */
  forget(): void {
    this.#said = "";
    this.reconsider();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #say(): void {
    const slots = wishes(this.#needs.slots(), this.#lines);
    const said = JSON.stringify(slots);
    if (slots.length > 0 && said !== this.#said && this.#needs.settled() && this.#needs.send({ type: "want", slots })) {
      this.#said = said;
    }
  }
}

/** What to ask for: small pictures where nothing is drawn yet, so that nobody's begins with more than it needs. */
export function wishes(slots: readonly Slot[], lines: ReadonlyMap<string, number>): SlotWish[] {
  const pictures = slots.filter(({ kind }) => kind === "video");
  return pictures.map(({ mid, participant }) => ({ mid, quality: qualityFor(lines.get(participant ?? "") ?? 0) }));
}
