import { signal, useComputed } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Lesson } from "../lesson.ts";
import type { Quality, Word } from "../quality.ts";
import { Sound } from "../sound.ts";
import type { LessonState } from "../state.ts";

export type Tab = "chat" | "people" | "settings";

/** What the components share: the lesson, the sound and what is only about the screen. */
export class Screen {
  readonly lesson: Lesson;
  readonly sound = new Sound();
  readonly tab = signal<Tab>("chat");
  readonly shortcuts = signal(true);
  readonly quality = signal<Quality | null>(null);
  /** How what I send comes up. */
  readonly uplink = signal<Word>("good");

  constructor(lesson: Lesson) {
    this.lesson = lesson;
  }
}

export const ScreenContext = createContext<Screen | null>(null);

export function useScreen(): Screen {
  const screen = useContext(ScreenContext);
  if (!screen) {
    throw new Error("A component of the classroom stands outside of it.");
  }
  return screen;
}

/** A part of what is known; whoever uses it is drawn again only when that part changes. */
export function useKnown<T>(part: (state: LessonState) => T): T {
  const { lesson } = useScreen();
  return useComputed(() => part(lesson.state.value)).value;
}
