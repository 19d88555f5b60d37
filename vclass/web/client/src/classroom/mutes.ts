import type { Kind } from "../shared/devices.ts";

interface Wish {
  readonly id: string;
  readonly kind: Kind;
  readonly muted: boolean;
}

/** My mute requests that the server has not confirmed yet, so that its own muting can be told apart. */
export class Mutes {
  #wishes: readonly Wish[] = [];

  asked(id: string, kind: Kind, muted: boolean): void {
    this.#wishes = [...this.#wishes, { id, kind, muted }];
  }

  /** What I asked for last, while the answer is out. */
  pending(kind: Kind): boolean | null {
    return this.#wishes.findLast((wish) => wish.kind === kind)?.muted ?? null;
  }

  /** Takes a `muted` about me; tells whether it confirms the oldest of my wishes of that kind. */
  heard(kind: Kind, muted: boolean): boolean {
    const oldest = this.#wishes.find((wish) => wish.kind === kind);
    const mine = oldest !== undefined && oldest.muted === muted;
    if (mine) {
      this.#wishes = this.#wishes.filter((wish) => wish !== oldest);
    }
    return mine;
  }

  /** The server refused the request of that id; tells which kind it was about. */
  refused(id: string): Kind | null {
    const wish = this.#wishes.find((one) => one.id === id);
    this.#wishes = this.#wishes.filter((one) => one !== wish);
    return wish?.kind ?? null;
  }

  forget(): void {
    this.#wishes = [];
  }
}
