import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** The eye doesn't see more, and a page that draws each of many messages has no time for pictures. */
const EVERY_MS = 30;

/** A value, and a signal to draw it by that follows at once, but in a burst of changes no more often than that. */
export class Paced<T> {
  readonly #drawn;
  #value: T;
  #drawnAt = -EVERY_MS;
  #waits = false;

  constructor(value: T) {
    this.#value = value;
    this.#drawn = signal(value);
  }

  get drawn(): ReadonlySignal<T> {
    return this.#drawn;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    if (this.#waits) {
      return;
    }
    const pause = this.#drawnAt + EVERY_MS - performance.now();
    if (pause <= 0) {
      this.#draw();
    } else {
      this.#waits = true;
      setTimeout(() => this.#draw(), pause);
    }
  }

  #draw(): void {
    this.#waits = false;
    this.#drawnAt = performance.now();
    this.#drawn.value = this.#value;
  }
}
