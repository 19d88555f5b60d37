import { signal } from "@preact/signals";

export interface Draft {
  readonly id: string;
  readonly text: string;
}

let count = 0;

/** An id for a message of this page. */
export function nextId(): string {
  count += 1;
  return `c${Date.now().toString(36)}-${count}`;
}

/** Chat lines that were written but that the server has not shown yet. They survive a lost socket. */
export class Outbox {
  readonly drafts = signal<readonly Draft[]>([]);

  add(text: string): Draft {
    const draft = { id: nextId(), text };
    this.drafts.value = [...this.drafts.value, draft];
    return draft;
  }

  /** The line of that id is settled; returns it when it was one of these. */
  settle(id: string | undefined): Draft | null {
    const draft = this.drafts.value.find((one) => one.id === id) ?? null;
    if (draft) {
      this.drafts.value = this.drafts.value.filter((one) => one !== draft);
    }
    return draft;
  }
}
