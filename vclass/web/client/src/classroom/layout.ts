import type { Participant } from "./protocol.ts";

/** Who is drawn large: halls side by side with equal area; without halls, the few who matter most. */
export interface Layout {
  readonly large: readonly Participant[];
  readonly small: readonly Participant[];
}

const LARGE = 2;

/** Shares out the others. I am the inset picture, not a tile. */
export function arrange(others: readonly Participant[], speaker: string | null): Layout {
  const ranked = [...others].sort((a, b) => rank(a, speaker) - rank(b, speaker));
  const halls = ranked.filter((one) => one.role === "room");
  const large = (halls.length > 0 ? halls : ranked).slice(0, LARGE);
  return { large: inOrder(others, large), small: others.filter((one) => !large.includes(one)) };
}

/** Halls, then teachers, then who speaks, then who shows a picture; the speaker doesn't push a teacher away. */
function rank(one: Participant, speaker: string | null): number {
  if (one.role === "room") return 0;
  if (one.role === "teacher" || one.role === "host") return one.video ? 1 : 3;
  if (one.id === speaker) return 2;
  return one.video ? 4 : 5;
}

/** Large tiles keep the order in which people came: a change in rank swaps nobody's place. */
function inOrder(all: readonly Participant[], some: readonly Participant[]): readonly Participant[] {
  return all.filter((one) => some.includes(one));
}
