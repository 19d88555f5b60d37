import { t } from "../../shared/i18n.ts";
import { useKnown } from "./context.ts";

/** Tells screen readers who came and who went, and whether the lesson is recorded. */
export function Announcer() {
  const news = useKnown((state) => state.news);
  const texts = { joined: (name: string) => t("{name} has joined", { name }), left: (name: string) => t("{name} has left", { name }) };
  const recording = useKnown((state) => state.recording?.state);
  const states = { on: t("The lesson is being recorded."), paused: t("The recording is paused.") };
  return (
    <>
      <p class="vh" aria-live="polite">
        {news && texts[news.kind](news.name)}
      </p>
      <p class="vh" aria-live="polite">
        {recording && states[recording]}
      </p>
    </>
  );
}
