// The server's clock is the one that counts. A page says what it was when it was made; a browser whose clock
// is wrong still shows the right minutes.

const SECOND = 1000;
export const MINUTE = 60 * SECOND;

let offset = 0;

/** Takes the server's time, an RFC 3339 instant, as the present. */
export function setServerTime(instant: string | null | undefined): void {
  const time = Date.parse(instant ?? "");
  if (!Number.isNaN(time)) {
    offset = time - Date.now();
  }
}

/** Milliseconds since 1970 by the server's clock. */
export function now(): number {
  return Date.now() + offset;
}

/** "10:31" on the clocks of that IANA zone; null for a zone this browser doesn't know. */
export function wallTime(instant: number, zone: string, language: string): string | null {
  try {
    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
    return new Intl.DateTimeFormat(language, parts).format(instant);
  } catch {
    return null;
  }
}

/** "in 18 min": the distance from `from` to `instant` in words, in its largest fitting unit. */
export function relative(instant: number, from: number, language: string): string {
  const distance = instant - from;
  const [unit, size] = fittingUnit(Math.abs(distance));
  const format = new Intl.RelativeTimeFormat(language, { style: "short" });
  return format.format(Math.trunc(distance / size) || Math.sign(distance), unit).replace(/\.$/, "");
}

/** How long until the words of `relative` change: seconds in the last minute, else minutes. */
export function nextChange(instant: number, from: number): number {
  const step = Math.abs(instant - from) <= MINUTE ? SECOND : MINUTE;
  const rest = (instant - from) % step;
  return rest > 0 ? rest : step + rest || step;
}

function fittingUnit(distance: number): [Intl.RelativeTimeFormatUnit, number] {
  const hour = 60 * MINUTE;
  if (distance < MINUTE) return ["second", SECOND];
  if (distance < 2 * hour) return ["minute", MINUTE];
  return distance < 48 * hour ? ["hour", hour] : ["day", 24 * hour];
}
