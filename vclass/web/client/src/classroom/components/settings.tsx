import { DeviceSelect } from "../../shared/device-select.tsx";
import { t } from "../../shared/i18n.ts";
import { useScreen } from "./context.ts";
import { RecordingChoice } from "./recording.tsx";

/** Which devices, which keys, which light. */
export function Settings() {
  const { lesson, shortcuts } = useScreen();
  const { local } = lesson;
  return (
    <div class="stack g3">
      <DeviceSelect id="mic-choice" kind="audio" label={t("Microphone")} onChoice={() => void local.reopen("audio")} />
      <DeviceSelect id="cam-choice" kind="video" label={t("Camera")} onChoice={() => void local.reopen("video")} />
      <Light />
      <RecordingChoice />
      <label class="row nowrap">
        <input type="checkbox" checked={shortcuts.value} onChange={(event) => (shortcuts.value = event.currentTarget.checked)} />
        <span>{t("Keyboard shortcuts")}</span>
      </label>
      <ul class="small muted stack g1">
        <li>{t("M: microphone on or off")}</li>
        <li>{t("V: camera on or off")}</li>
        <li>{t("C: write in the chat")}</li>
        <li>{t("Hold Space: talk while it is held")}</li>
        <li>{t("Escape: back to the lesson")}</li>
      </ul>
    </div>
  );
}

function Light() {
  const root = document.documentElement;
  return (
    <div class="field">
      <label for="theme-choice">{t("Colours")}</label>
      <select
        id="theme-choice"
        class="select"
        value={root.dataset.theme ?? ""}
        onChange={(event) => setTheme(event.currentTarget.value)}
      >
        <option value="dark">{t("Dark")}</option>
        <option value="light">{t("Light")}</option>
        <option value="">{t("As on this device")}</option>
      </select>
    </div>
  );
}

function setTheme(theme: string): void {
  if (theme) {
    document.documentElement.dataset.theme = theme;
  } else {
    delete document.documentElement.dataset.theme;
  }
}
