const FIRST_MS = 250;
const LONGEST_MS = 4000;

/** The pause before try number `attempt` (from 0): 0.25 s, doubling to 4 s, of which the latter half is chance. */
export function pauseBefore(attempt: number, chance: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return full * (0.5 + chance() / 2);
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
