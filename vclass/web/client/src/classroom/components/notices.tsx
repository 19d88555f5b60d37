import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Kind } from "../../shared/devices.ts";
import type { IconName } from "../../shared/icons.tsx";
import { Icon } from "../../shared/icons.tsx";
import { t } from "../../shared/i18n.ts";
import { problemText } from "../../shared/problem-texts.ts";
import { useScreen } from "./context.ts";
import { RecordingNotice } from "./recording.tsx";

/** Media that don't flow for so long are told of. */
const PATIENCE_MS = 6000;

/** What stands between a person and the lesson, and what to do about it. */
export function Notices() {
  return (
    <div class="notices" role="status">
      <RecordingNotice />
      <Path />
      <Uplink />
      <Silence />
      <DeviceProblem kind="audio" />
      <DeviceProblem kind="video" />
      <ServerNotice />
    </div>
  );
}

function Path() {
  const { lesson } = useScreen();
  const phase = lesson.visit.phase.value;
  const stuck = useLasting(phase === "inside" && !lesson.media.flowing.value);
  if (phase === "reconnecting") {
    return <Banner icon="signal" title={t("The connection is lost.")} text={t("Your seat is kept. We try again by ourselves.")} />;
  }
  if (!stuck) {
    return null;
  }
  const text = t("You can read and write in the chat. We keep trying; another network may help.");
  return (
    <Banner icon="signal" title={t("Sound and picture don't get through yet.")} text={text}>
      <a class="btn" href={lesson.page.ws_url.replace(/ws$/, "connection")} target="_blank" rel="noreferrer">
        {t("Test the connection")}
      </a>
    </Banner>
  );
}

function Uplink() {
  const { lesson, uplink } = useScreen();
  const poor = useLasting(lesson.media.flowing.value && uplink.value === "poor");
  if (!poor) {
    return null;
  }
  const text = t("A camera that is off, or another network, helps.");
  return <Banner icon="signal" title={t("Your connection is weak: the others see and hear you with gaps.")} text={text} />;
}

function Silence() {
  const { sound } = useScreen();
  if (!sound.blocked.value) {
    return null;
  }
  return (
    <Banner icon="speaker" title={t("Your browser keeps the lesson silent until you press.")}>
      <button type="button" class="btn primary" onClick={() => void sound.resume()}>
        {t("Press to hear")}
      </button>
    </Banner>
  );
}

function DeviceProblem({ kind }: { readonly kind: Kind }) {
  const { local } = useScreen().lesson;
  const { problem } = local[kind].value;
  if (!problem) {
    return null;
  }
  return (
    <Banner icon={kind === "audio" ? "micoff" : "camoff"} title={problemText(kind, problem)}>
      <button type="button" class="btn" onClick={() => void local.turnOn(kind)}>
        {t("Try again")}
      </button>
      <button type="button" class="btn quiet" onClick={() => local.forgive(kind)}>
        {t("Go on without")}
      </button>
    </Banner>
  );
}

function ServerNotice() {
  const { notice } = useScreen().lesson;
  if (notice.value === null) {
    return null;
  }
  return (
    <Banner icon="warn" title={notice.value}>
      <button type="button" class="btn quiet" onClick={() => (notice.value = null)}>
        {t("Close")}
      </button>
    </Banner>
  );
}

interface BannerProperties {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string;
  readonly children?: ComponentChildren;
}

function Banner({ icon, title, text, children }: BannerProperties) {
  return (
    <div class="banner warn">
      <Icon name={icon} />
      <div class="body">
        <strong>{title}</strong>
        {text && <span>{text}</span>}
        {children && <div class="act">{children}</div>}
      </div>
    </div>
  );
}

/** True once `now` has been true for a while. */
function useLasting(now: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!now) {
      setLasting(false);
      return undefined;
    }
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return now && lasting;
}
