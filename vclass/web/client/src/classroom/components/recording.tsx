import { Icon } from "../../shared/icons.tsx";
import { t } from "../../shared/i18n.ts";
import { myself } from "../state.ts";
import { Badge } from "./badges.tsx";
import { useKnown, useScreen } from "./context.ts";

/** That the lesson is recorded stands in the header the whole time. */
export function RecordingFlag() {
  const state = useKnown(({ recording }) => recording?.state);
  if (state === undefined) {
    return null;
  }
  return state === "on" ? <Badge icon="record" kind="bad" text={t("REC")} /> : <Badge icon="pause" kind="warn" text={t("Recording paused")} />;
}

/** Asks whoever has not answered yet; nothing of them is recorded before. */
export function RecordingNotice() {
  const { lesson } = useScreen();
  const consent = useKnown(({ recording }) => recording?.consent);
  if (consent !== "asked") {
    return null;
  }
  return (
    <div class="banner bad" role="alert" data-recording="asked">
      <Icon name="record" />
      <div class="body">
        <strong>{t("This lesson is being recorded. May your sound and picture be in it?")}</strong>
        <span>
          {t("The recording is for the people of this lesson alone, and is deleted after some months. If you don't agree you take part as everybody else, and are left out of the recording. You can change your mind at any time.")}
        </span>
        <div class="act">
          <button type="button" class="btn" onClick={() => lesson.consent(true)}>
            {t("I agree")}
          </button>
          <button type="button" class="btn" onClick={() => lesson.consent(false)}>
            {t("Without me")}
          </button>
        </div>
      </div>
    </div>
  );
}

/** What I answered, and how to change it. */
export function RecordingChoice() {
  const { lesson } = useScreen();
  const consent = useKnown(({ recording }) => recording?.consent);
  if (consent === undefined || consent === "asked") {
    return null;
  }
  const given = consent === "given";
  return (
    <section class="stack" aria-labelledby="recording-choice">
      <h2 id="recording-choice">{t("Recording")}</h2>
      <p>{given ? t("Your sound and picture are in the recording.") : t("You are left out of the recording.")}</p>
      <button type="button" class="btn" onClick={() => lesson.consent(!given)}>
        {given ? t("Leave me out from now on") : t("Record me from now on")}
      </button>
    </section>
  );
}

/** The host's buttons. */
export function RecordingControls() {
  const { lesson } = useScreen();
  const [people, me] = [useKnown((state) => state.people), useKnown((state) => state.me)];
  const state = useKnown(({ recording }) => recording?.state);
  if (myself({ people, me })?.role !== "host") {
    return null;
  }
  if (state === undefined) {
    return (
      <button type="button" class="ctl" data-record="start" onClick={() => lesson.record("start")}>
        <Icon name="record" />
        <span>{t("Record")}</span>
      </button>
    );
  }
  const paused = state === "paused";
  return (
    <>
      <button type="button" class="ctl" data-record={paused ? "resume" : "pause"} onClick={() => lesson.record(paused ? "resume" : "pause")}>
        <Icon name={paused ? "record" : "pause"} />
        <span>{paused ? t("Go on recording") : t("Pause recording")}</span>
      </button>
      <button type="button" class="ctl" data-record="stop" onClick={() => lesson.record("stop")}>
        <Icon name="stop" />
        <span>{t("End recording")}</span>
      </button>
    </>
  );
}
