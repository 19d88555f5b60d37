import { nextChange, now, relative, setServerTime, wallTime } from "../shared/clock.ts";

const LANGUAGE = document.documentElement.lang || "en";

let timer = 0;

/**
 * Keeps `[data-clock-zone="Europe/Vienna"]` and `[data-countdown="2026-10-06T08:00:00Z"]` right. A countdown
 * that reaches its instant fires the event `due` once, which bubbles (`hx-trigger="due from:body"`).
 */
export function startClocks(): void {
  setServerTime(document.querySelector<HTMLMetaElement>('meta[name="now"]')?.content);
  tick();
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("htmx:after:swap", tick);
}

function tick(): void {
  clearTimeout(timer);
  const at = now();
  let pause = 60_000 - (at % 60_000);
  for (const clock of document.querySelectorAll<HTMLElement>("[data-clock-zone]")) {
    setText(clock, wallTime(at, clock.dataset.clockZone ?? "", LANGUAGE));
  }
  for (const countdown of document.querySelectorAll<HTMLElement>("[data-countdown]")) {
    pause = Math.min(pause, show(countdown, at));
  }
  timer = window.setTimeout(tick, pause + 5);
}

/** Writes a countdown and tells how long what it says stays true. */
function show(countdown: HTMLElement, at: number): number {
  const instant = Date.parse(countdown.dataset.countdown ?? "");
  if (Number.isNaN(instant)) {
    return Infinity;
  }
  if (instant <= at) {
    announce(countdown);
    return Infinity;
  }
  setText(countdown, relative(instant, at, LANGUAGE));
  return nextChange(instant, at);
}

function announce(countdown: HTMLElement): void {
  if (!countdown.hasAttribute("data-due")) {
    countdown.setAttribute("data-due", "");
    countdown.dispatchEvent(new CustomEvent("due", { bubbles: true }));
  }
}

function setText(element: HTMLElement, text: string | null): void {
  if (text !== null && element.textContent !== text) {
    element.textContent = text;
  }
}
