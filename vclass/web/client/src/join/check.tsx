import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { DeviceSelect } from "../shared/device-select.tsx";
import type { Kind } from "../shared/devices.ts";
import type { IconName } from "../shared/icons.tsx";
import { Icon } from "../shared/icons.tsx";
import { t } from "../shared/i18n.ts";
import { playSample } from "../shared/level.ts";
import { problemText } from "../shared/problem-texts.ts";
import type { DeviceTest } from "./use-device.ts";
import { useDevice, useLevel } from "./use-device.ts";

/** Above this level a microphone is heard. */
const HEARD = 35;

/** The list under "Check your device": nothing is asked of the browser before a press, nothing has to be pressed. */
export function DeviceCheck() {
  return (
    <ul class="list">
      <Microphone />
      <Loudspeaker />
      <Camera />
    </ul>
  );
}

function Microphone() {
  const test = useDevice("audio");
  const level = useLevel(test.track);
  const [heard, setHeard] = useState(false);
  useEffect(() => setHeard((before) => before || level > HEARD), [level]);
  return (
    <Row icon={test.track ? "mic" : "micoff"} test={test} kind="audio" name={t("Microphone")} hint={test.track && !heard ? t("Say something") : ""}>
      {test.track && (
        <>
          <meter class="bar-ok" min={0} max={100} value={level} aria-label={t("Loudness of your microphone")} />
          <DeviceSelect id="join-mic" kind="audio" label={t("Choose a microphone")} onChoice={() => void test.open()} />
        </>
      )}
      {heard && <Good />}
    </Row>
  );
}

function Loudspeaker() {
  return (
    <li>
      <Icon name="speaker" />
      <span class="body">{t("Loudspeaker")}</span>
      <button type="button" class="btn" onClick={() => void playSample()}>
        <Icon name="play" />
        {t("Play a sound")}
      </button>
    </li>
  );
}

function Camera() {
  const test = useDevice("video");
  return (
    <Row icon={test.track ? "cam" : "camoff"} test={test} kind="video" name={t("Camera")} hint={test.track ? "" : t("You join without a picture. You can switch it on later.")}>
      {test.track && (
        <>
          <Preview track={test.track} />
          <DeviceSelect id="join-cam" kind="video" label={t("Choose a camera")} onChoice={() => void test.open()} />
        </>
      )}
    </Row>
  );
}

interface RowProperties {
  readonly icon: IconName;
  readonly kind: Kind;
  readonly name: string;
  readonly hint: string;
  readonly test: DeviceTest;
  readonly children: ComponentChildren;
}

function Row({ icon, kind, name, hint, test, children }: RowProperties) {
  return (
    <li>
      <Icon name={icon} />
      <span class="body" role="status">
        <span>{name}</span>
        {hint && <span class="small muted">{hint}</span>}
        {test.problem && <span class="small">{problemText(kind, test.problem)}</span>}
        {children}
      </span>
      <button type="button" class="btn" data-try={kind} aria-busy={test.busy} onClick={() => (test.track ? test.close() : void test.open())}>
        {test.track ? t("Stop") : test.problem ? t("Try again") : t("Try it")}
        <span class="vh">{name}</span>
      </button>
    </li>
  );
}

function Preview({ track }: { readonly track: MediaStreamTrack }) {
  const attach = (video: HTMLVideoElement | null) => {
    if (video && (video.srcObject as MediaStream | null)?.getTracks()[0] !== track) {
      video.srcObject = new MediaStream([track]);
    }
  };
  return (
    <span class="tile preview">
      <video ref={attach} class="v mirror" muted autoplay playsInline aria-label={t("Your camera's picture")} />
    </span>
  );
}

function Good() {
  return (
    <span class="badge ok self-start">
      <Icon name="check" />
      {t("Good")}
    </span>
  );
}
