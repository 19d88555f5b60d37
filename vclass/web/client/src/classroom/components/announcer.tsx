import { t } from "../../shared/i18n.ts";
import { useScreen } from "./context.ts";

/** Tells screen readers who came and who went. */
export function Announcer() {
  const { news } = useScreen().lesson.state.value;
  const texts = { joined: (name: string) => t("{name} has joined", { name }), left: (name: string) => t("{name} has left", { name }) };
  return (
    <p class="vh" aria-live="polite">
      {news && texts[news.kind](news.name)}
    </p>
  );
}
