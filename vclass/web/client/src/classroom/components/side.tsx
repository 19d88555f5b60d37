import type { ComponentChildren } from "preact";

import { t } from "../../shared/i18n.ts";
import { ChatForm, ChatLog } from "./chat.tsx";
import type { Tab } from "./context.ts";
import { useKnown, useScreen } from "./context.ts";
import { People } from "./people.tsx";
import { Settings } from "./settings.tsx";

const TABS: readonly Tab[] = ["chat", "people", "settings"];

/** Conversation, people and settings, one at a time. */
export function Side() {
  const { tab } = useScreen();
  const count = useKnown((state) => state.people.length);
  const labels: Record<Tab, string> = { chat: t("Chat"), people: t("People {count}", { count }), settings: t("Settings") };
  return (
    <aside aria-label={t("Conversation")}>
      <section class="panel fill" aria-label={t("Conversation")}>
        <div class="tabs" role="tablist" aria-label={t("Conversation")} onKeyDown={step}>
          {TABS.map((name, index) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`t${index + 1}`}
              aria-selected={tab.value === name}
              aria-controls={`p${index + 1}`}
              tabIndex={tab.value === name ? 0 : -1}
              onClick={() => (tab.value = name)}
            >
              {labels[name]}
            </button>
          ))}
        </div>
        <Panel name="chat" index={1}>
          <ChatLog />
        </Panel>
        <Panel name="people" index={2}>
          <People />
        </Panel>
        <Panel name="settings" index={3}>
          {tab.value === "settings" && <Settings />}
        </Panel>
        <ChatForm />
      </section>
    </aside>
  );
}

function Panel({ name, index, children }: { readonly name: Tab; readonly index: number; readonly children: ComponentChildren }) {
  const { tab } = useScreen();
  return (
    <div class="scroll" id={`p${index}`} role="tabpanel" aria-labelledby={`t${index}`} tabIndex={0} hidden={tab.value !== name}>
      {children}
    </div>
  );
}

/** Arrows, Home and End move along the tabs and choose. */
function step(event: KeyboardEvent): void {
  const tabs = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")];
  const here = tabs.indexOf(document.activeElement as HTMLElement);
  const forward = document.dir === "rtl" ? -1 : 1;
  const targets: Record<string, number> = { ArrowRight: here + forward, ArrowLeft: here - forward, Home: 0, End: -1 };
  const target = targets[event.key];
  if (target !== undefined) {
    event.preventDefault();
    const next = tabs.at(target % tabs.length);
    next?.click();
    next?.focus();
  }
}
