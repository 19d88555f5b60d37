import type { Kind } from "../../shared/devices.ts";
import type { IconName } from "../../shared/icons.tsx";
import { Icon } from "../../shared/icons.tsx";
import { t } from "../../shared/i18n.ts";
import { useScreen } from "./context.ts";
import { RecordingControls } from "./recording.tsx";

/** Microphone, camera, chat and the door. Each label names what a press does. */
export function Controls({ showChat }: { readonly showChat: () => void }) {
  const { lesson } = useScreen();
  return (
    <section class="cbar" aria-label={t("Your controls")}>
      <DeviceButton kind="audio" keys="M" icons={["micoff", "mic"]} labels={[t("Unmute"), t("Mute")]} />
      <DeviceButton kind="video" keys="V" icons={["camoff", "cam"]} labels={[t("Start camera"), t("Stop camera")]} />
      <button type="button" class="ctl" aria-keyshortcuts="C" onClick={showChat}>
        <Icon name="chat" />
        <span>{t("Chat")}</span>
      </button>
      <RecordingControls />
      <span class="gap desk-only" />
      <button type="button" class="ctl leave" onClick={() => lesson.leave()}>
        <Icon name="leave" />
        <span>{t("Leave")}</span>
      </button>
    </section>
  );
}

interface DeviceProperties {
  readonly kind: Kind;
  readonly keys: string;
  readonly icons: readonly [IconName, IconName];
  readonly labels: readonly [string, string];
}

function DeviceButton({ kind, keys, icons, labels }: DeviceProperties) {
  const { local } = useScreen().lesson;
  const { on, busy } = local[kind].value;
  const index = on ? 1 : 0;
  return (
    <button
      type="button"
      class="ctl"
      data-device={kind}
      aria-pressed={on}
      aria-busy={busy}
      aria-keyshortcuts={keys}
      onClick={() => local.toggle(kind)}
    >
      <Icon name={icons[index]} />
      <span>{busy ? t("Starting") : labels[index]}</span>
    </button>
  );
}
