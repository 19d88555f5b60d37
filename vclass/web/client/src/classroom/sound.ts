import { signal } from "@preact/signals";

/** The <audio> elements of the lesson, apart from the pictures, so that sound goes on whatever is drawn. */
export class Sound {
  /** The browser wants a press before it plays anything. */
  readonly blocked = signal(false);
  readonly #elements = new Set<HTMLAudioElement>();

  attach(element: HTMLAudioElement, stream: MediaStream): void {
    this.#elements.add(element);
    if (element.srcObject !== stream) {
      element.srcObject = stream;
      void this.#play(element);
    }
  }

  detach(element: HTMLAudioElement): void {
    this.#elements.delete(element);
    element.srcObject = null;
  }

  /** Plays what stands still: after a press, or when a phone comes back from another app or a call. */
  async resume(): Promise<void> {
    this.blocked.value = false;
    await Promise.all([...this.#elements].filter((element) => element.paused).map((element) => this.#play(element)));
  }

  async #play(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      this.blocked.value ||= (error as DOMException).name === "NotAllowedError";
    }
  }
}
