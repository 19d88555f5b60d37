import type { Lesson } from "./lesson.ts";

export type Action = "microphone" | "camera" | "chat" | "talk" | "escape";

export interface Key {
  readonly code: string;
  readonly modified: boolean;
  /** Where the focus is: in a text field, on something that Space presses, or elsewhere. */
  readonly focus: "text" | "control" | "page";
}

// By place, not by letter: a Cyrillic or Greek layout has no M.
const ACTIONS: Readonly<Record<string, Action>> = {
  KeyM: "microphone",
  KeyV: "camera",
  KeyC: "chat",
  Space: "talk",
  Escape: "escape",
};

/** What a key that goes down means; null when it is not ours. */
export function actionOf({ code, modified, focus }: Key): Action | null {
  const action = ACTIONS[code];
  if (!action || modified || (focus === "text" && action !== "escape") || (focus === "control" && action === "talk")) {
    return null;
  }
  return action;
}

export interface KeyNeeds {
  readonly lesson: Lesson;
  readonly enabled: () => boolean;
  readonly showChat: () => void;
  readonly escape: () => void;
}

/** M, V, C, Escape, and Space to talk for as long as it is held. */
export function listenToKeys({ lesson, enabled, showChat, escape }: KeyNeeds): void {
  let talking = false;
  const quiet = () => {
    if (talking) {
      talking = false;
      lesson.local.turnOff("audio");
    }
  };
  const acts: Readonly<Record<Action, () => void>> = {
    microphone: () => lesson.local.toggle("audio"),
    camera: () => lesson.local.toggle("video"),
    chat: showChat,
    talk: () => {
      talking = !lesson.local.device("audio").on;
      void lesson.local.turnOn("audio");
    },
    escape,
  };
  document.addEventListener("keydown", (event) => {
    const action = actionOf(keyOf(event));
    if (!action || (action !== "escape" && !enabled())) {
      return;
    }
    if (action !== "escape") {
      event.preventDefault();
    }
    if (!event.repeat) {
      acts[action]();
    }
  });
  document.addEventListener("keyup", (event) => event.code === "Space" && quiet());
  window.addEventListener("blur", quiet);
}

function keyOf(event: KeyboardEvent): Key {
  const target = event.target instanceof Element ? event.target : null;
  const text = target?.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const focus = text ? "text" : target?.closest("button, a, summary, [role=tab], input") ? "control" : "page";
  return { code: event.code, modified: event.ctrlKey || event.metaKey || event.altKey, focus };
}
