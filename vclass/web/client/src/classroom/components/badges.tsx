import type { IconName } from "../../shared/icons.tsx";
import { Icon } from "../../shared/icons.tsx";
import { hueClass } from "../hue.ts";
import type { Participant } from "../protocol.ts";

/** A word of state with its icon. */
export function Badge({ icon, text, kind = "" }: { readonly icon: IconName; readonly text: string; readonly kind?: string }) {
  return (
    <span class={`badge ${kind}`}>
      <Icon name={icon} />
      {text}
    </span>
  );
}

/** The institution's code on its colour; nothing for those who have none. */
export function Chip({ one }: { readonly one: Participant }) {
  if (!one.institution) {
    return null;
  }
  return <span class={`av s ${hueClass(one.institution.hue)}`}>{one.institution.code}</span>;
}

/** Initials on the institution's colour. */
export function Face({ name, hue, large = false }: { readonly name: string; readonly hue: number | undefined; readonly large?: boolean }) {
  return (
    <span class={`av round ${large ? "big" : "s"} ${hueClass(hue)}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toUpperCase();
}
