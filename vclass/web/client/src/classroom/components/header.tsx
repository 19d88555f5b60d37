import { useEffect, useState } from "preact/hooks";

import { MINUTE, now, wallTime } from "../../shared/clock.ts";
import { t, tn } from "../../shared/i18n.ts";
import type { PageZone } from "../page-data.ts";
import { Badge } from "./badges.tsx";
import { useKnown, useScreen } from "./context.ts";
import { RecordingFlag } from "./recording.tsx";

/** Title, the clocks of both sides, the time left, the connection. */
export function Header() {
  const { lesson } = useScreen();
  const { title, ends } = useKnown((state) => state.lesson) ?? lesson.page.lesson;
  const at = useMinute();
  return (
    <header class="chead">
      <h1>{title}</h1>
      <Clocks zones={lesson.page.zones} at={at} />
      <span class="muted small desk-only">{timeLeft(Date.parse(ends) - at)}</span>
      <span class="push row g2 nowrap">
        <RecordingFlag />
        <Connection />
      </span>
    </header>
  );
}

function Clocks({ zones, at }: { readonly zones: readonly PageZone[]; readonly at: number }) {
  const { language } = useScreen().lesson.page.me;
  const instant = new Date(at).toISOString();
  return (
    <span class="duo desk-only">
      {zones.map(({ zone, city, hue }, index) => (
        <span key={zone} class={index === 0 ? "own" : `other ih-${hue}`}>
          <time dateTime={instant}>{wallTime(at, zone, language)}</time> <span class="zone">{city}</span>{" "}
        </span>
      ))}
    </span>
  );
}

function Connection() {
  const { lesson, quality } = useScreen();
  const current = quality.value;
  if (!lesson.media.flowing.value || !current) {
    return <Badge icon="signal" text={lesson.media.flowing.value ? t("Connected") : t("Connecting")} />;
  }
  const rate = bandwidth(current.kilobits, lesson.page.me.language);
  const texts = { good: t("Good, {rate}", { rate }), fair: t("Fair, {rate}", { rate }), poor: t("Poor, {rate}", { rate }) };
  return <Badge icon="signal" kind={current.word === "poor" ? "warn" : ""} text={texts[current.word]} />;
}

function bandwidth(kilobits: number, language: string): string {
  const [value, unit] = kilobits < 1000 ? [kilobits, "kbit/s"] : [kilobits / 1000, "Mbit/s"];
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value)} ${unit}`;
}

function timeLeft(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / MINUTE);
  return minutes > 0 ? tn("{n} min left", "{n} min left", minutes) : t("Time is up");
}

/** The server's time, again whenever a minute begins. */
function useMinute(): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setAt(now()), MINUTE - (now() % MINUTE) + 5);
    return () => clearTimeout(timer);
  }, [at]);
  return at;
}
