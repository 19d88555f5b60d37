import { signal } from "@preact/signals";

import type { Kind, Problem, VideoWish } from "../shared/devices.ts";
import { openDevice } from "../shared/devices.ts";

export interface Device {
  /** Switched on by its owner. What the others get, the server decides. */
  readonly on: boolean;
  /** The browser is asking, or the device is starting. */
  readonly busy: boolean;
  readonly track: MediaStreamTrack | null;
  readonly problem: Problem | null;
}

const OFF: Device = { on: false, busy: false, track: null, problem: null };

/** My microphone and my camera. Both start off; a lesson goes on without either. */
export class LocalMedia {
  readonly audio = signal<Device>(OFF);
  readonly video = signal<Device>(OFF);
  readonly #wish: VideoWish;
  readonly #changed: (kind: Kind) => void;

  /** `changed` is called after each change that the connection or the server must hear of. */
  constructor(wish: VideoWish, changed: (kind: Kind) => void) {
    this.#wish = wish;
    this.#changed = changed;
  }

  device(kind: Kind): Device {
    return this[kind].value;
  }

  async turnOn(kind: Kind): Promise<void> {
    const { track, busy, on } = this.device(kind);
    if (busy || on) {
      return;
    }
    if (track?.readyState === "live") {
      this.#use(kind, track);
      return;
    }
    this.#set(kind, { ...OFF, busy: true });
    const outcome = await openDevice(kind, this.#wish);
    if ("problem" in outcome) {
      this.#set(kind, { ...OFF, problem: outcome.problem });
    } else if (!this.device(kind).busy) {
      outcome.track.stop();
    } else {
      outcome.track.addEventListener("ended", () => this.#lose(kind, outcome.track));
      this.#use(kind, outcome.track);
    }
  }

  /** A muted microphone stays open, so that holding Space talks at once; a camera that is off is closed. */
  turnOff(kind: Kind): void {
    const { track } = this.device(kind);
    if (track && kind === "audio") {
      track.enabled = false;
    } else {
      track?.stop();
    }
    this.#set(kind, { ...OFF, track: kind === "audio" ? track : null });
    this.#changed(kind);
  }

  toggle(kind: Kind): void {
    if (this.device(kind).on) {
      this.turnOff(kind);
    } else {
      void this.turnOn(kind);
    }
  }

  /** Takes the device that was chosen just now instead of the one in use. */
  async reopen(kind: Kind): Promise<void> {
    const { on, track } = this.device(kind);
    track?.stop();
    this.#set(kind, OFF);
    this.#changed(kind);
    if (on) {
      await this.turnOn(kind);
    }
  }

  forgive(kind: Kind): void {
    this.#set(kind, { ...this.device(kind), problem: null });
  }

  /** Phones end or mute tracks while another app has the device: asks again for what was on. */
  revive(): void {
    for (const kind of ["audio", "video"] as const) {
      if (this.device(kind).on && this.device(kind).track?.readyState === "ended") {
        void this.reopen(kind);
      }
    }
  }

  stop(): void {
    for (const kind of ["audio", "video"] as const) {
      this.device(kind).track?.stop();
      this.#set(kind, OFF);
    }
  }

  #use(kind: Kind, track: MediaStreamTrack): void {
    track.enabled = true;
    this.#set(kind, { on: true, busy: false, track, problem: null });
    this.#changed(kind);
  }

  #lose(kind: Kind, track: MediaStreamTrack): void {
    if (this.device(kind).track === track) {
      this.#set(kind, { ...OFF, problem: "lost" });
      this.#changed(kind);
    }
  }

  #set(kind: Kind, device: Device): void {
    this[kind].value = device;
  }
}
