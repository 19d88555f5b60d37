import { t } from "../../shared/i18n.ts";
import { useKnown } from "./context.ts";

/** Tells screen readers who came and who went. */
export function Announcer() {
  const news = useKnown((state) => state.news);
  const texts = { joined: (name: string) => t("{name} has joined", { name }), left: (name: string) => t("{name} has left", { name }) };
  return (
    <p class="vh" aria-live="polite">
      {news && texts[news.kind](news.name)}
    </p>
  );
}
