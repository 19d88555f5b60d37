/** The live lesson. The page holds `<div id="classroom">` and the data block `classroom-data`. */
import { effect } from "@preact/signals";
import { render } from "preact";

import { App } from "./classroom/components/app.tsx";
import { Screen } from "./classroom/components/context.ts";
import { listenToKeys } from "./classroom/keyboard.ts";
import { Lesson } from "./classroom/lesson.ts";
import type { PageData } from "./classroom/page-data.ts";
import { judge, report, sample, uplink } from "./classroom/quality.ts";
import { installHooks } from "./classroom/test-hooks.ts";
import { setServerTime } from "./shared/clock.ts";
import { readData } from "./shared/data.ts";
import { translate } from "./shared/i18n.ts";

const QUALITY_MS = 3000;
/** After so many samples the server is told. */
const REPORT_EVERY = 3;

function start(root: HTMLElement, page: PageData): void {
  translate(page.me.language, page.texts);
  setServerTime(page.now);
  const lesson = new Lesson(page);
  lesson.visit.start(); // the socket opens while the page is drawn
  const screen = new Screen(lesson);
  const showChat = () => {
    screen.tab.value = "chat";
    requestAnimationFrame(() => document.getElementById("msg")?.focus());
  };
  const escape = () => document.getElementById("main")?.focus();
  root.replaceChildren();
  root.classList.add("class", "live");
  render(<App screen={screen} showChat={showChat} />, root);
  listenToKeys({ lesson, enabled: () => screen.shortcuts.value, showChat, escape });
  installHooks(lesson);
  effect(() => {
    root.dataset.phase = lesson.visit.phase.value;
  });
  watchPage(screen);
  watchQuality(screen);
}

/** Phones put pages to sleep and networks come and go: what stands still starts again. */
function watchPage({ lesson, sound }: Screen): void {
  const wake = () => {
    if (document.visibilityState === "visible") {
      lesson.wake();
      void sound.resume();
    }
  };
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  for (const press of ["pointerup", "keyup"]) {
    document.addEventListener(press, () => sound.blocked.value && void sound.resume());
  }
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function watchQuality({ lesson, quality, uplink: up }: Screen): void {
  type Reading = { connection: RTCPeerConnection; values: Awaited<ReturnType<typeof sample>> };
  let before: Reading | null = null;
  let reported: Reading | null = null;
  let count = 0;
  setInterval(async () => {
    const { connection } = lesson.media;
    if (!connection) {
      before = null;
      return;
    }
    const values = await sample(connection);
    quality.value = before?.connection === connection ? judge(before.values, values) : null;
    up.value = uplink(values);
    before = { connection, values };
    count += 1;
    if (reported?.connection !== connection) {
      reported = before;
    } else if (count % REPORT_EVERY === 0 && lesson.media.flowing.value) {
      lesson.report(report(reported.values, values));
      reported = before;
    }
  }, QUALITY_MS);
}

const root = document.getElementById("classroom");
const page = readData<PageData>("classroom-data");
if (root && page) {
  start(root, page);
}
