import { useEffect } from "preact/hooks";

import { t } from "../../shared/i18n.ts";
import type { Ending } from "../visit.ts";
import { useScreen } from "./context.ts";

const DONE: ReadonlySet<string> = new Set(["bye", "ended"]);

/** The end of a visit: on to the lesson's page, or why it ended and how to come back. */
export function Over({ ending }: { readonly ending: Ending }) {
  const { lesson } = useScreen();
  const done = DONE.has(ending.reason);
  useEffect(() => {
    if (done) {
      location.assign(lesson.page.leave_url);
    }
  }, [done, lesson]);
  const { title, text, again } = words(ending);
  return (
    <main id="main" tabIndex={-1} class="center over">
      <div class="empty card stack" role="status">
        <h1>{title}</h1>
        {text && <p>{text}</p>}
        {again && (
          <button type="button" class="btn primary" onClick={() => lesson.visit.rejoin()}>
            {again}
          </button>
        )}
        <a class="btn" href={lesson.page.leave_url}>
          {t("To the page of the lesson")}
        </a>
      </div>
    </main>
  );
}

interface Words {
  readonly title: string;
  readonly text: string;
  readonly again?: string;
}

function words({ reason, message }: Ending): Words {
  const all: Record<string, () => Words> = {
    bye: () => ({ title: t("You left the lesson"), text: "" }),
    ended: () => ({ title: t("The lesson is over"), text: "" }),
    moved: () => ({
      title: t("The lesson is open somewhere else"),
      text: t("You opened it on another device or in another window. It can be in one place only, so that nobody hears you twice."),
      again: t("Bring it back here"),
    }),
    removed: () => ({ title: t("Your place in this lesson was withdrawn"), text: t("Ask your teacher when you think that this is a mistake.") }),
    full: () => ({ title: t("The lesson is full"), text: t("Somebody may leave. Try again in a moment."), again: t("Try again") }),
    refused: () => ({ title: t("The lesson cannot be joined now"), text: message, again: t("Try again") }),
  };
  return all[reason]?.() ?? { title: t("The visit has ended"), text: message, again: t("Come back") };
}
