import { useEffect, useRef, useState } from "preact/hooks";

import { wallTime } from "../../shared/clock.ts";
import { Icon } from "../../shared/icons.tsx";
import { t } from "../../shared/i18n.ts";
import { hueClass } from "../hue.ts";
import type { Line, Participant } from "../protocol.ts";
import { Face } from "./badges.tsx";
import { useKnown, useScreen } from "./context.ts";

/** How near the end a reader must be for new lines to scroll into sight. */
const NEAR_PX = 80;

/** What was written, oldest first, each line in its writer's language. */
export function ChatLog() {
  const { lesson } = useScreen();
  const [chat, people] = [useKnown((state) => state.chat), useKnown((state) => state.people)];
  const drafts = lesson.outbox.drafts.value;
  const end = useFollow(chat.length + drafts.length);
  return (
    <div role="log" aria-label={t("Chat")} aria-live="polite" ref={end}>
      {chat.length + drafts.length === 0 && <p class="muted small">{t("Nothing written yet. What you write here is read by everyone.")}</p>}
      <ul class="chat">
        {chat.map((line) => (
          <ChatLine key={line.id} line={line} writer={people.find((one) => one.id === line.from)} />
        ))}
        {drafts.map(({ id, text }) => (
          <li key={id} class="muted">
            <span />
            <div>
              {text}
              <br />
              <small>{t("Sending")}</small>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function ChatLine({ line, writer }: { readonly line: Line; readonly writer: Participant | undefined }) {
  const { zone, language } = useScreen().lesson.page.me;
  const hue = writer?.institution?.hue;
  return (
    <li class={hueClass(hue)}>
      <Face name={line.name} hue={hue} />
      <div>
        <span class="by">
          {line.name} <time dateTime={line.at}>{wallTime(Date.parse(line.at), zone, language)}</time>
        </span>
        <br />
        <span lang={line.language}>{line.text}</span>
      </div>
    </li>
  );
}

/** Where a line is written. */
export function ChatForm() {
  const { lesson } = useScreen();
  const chatChars = useKnown((state) => state.chatChars);
  const [text, setText] = useState("");
  const send = (event: Event) => {
    event.preventDefault();
    const line = text.trim();
    if (line) {
      lesson.say(line);
      setText("");
    }
  };
  return (
    <form class="row g2 nowrap" onSubmit={send}>
      <label class="vh" for="msg">
        {t("Message to everyone")}
      </label>
      <input
        class="input"
        id="msg"
        placeholder={t("Message to everyone")}
        autocomplete="off"
        maxLength={chatChars}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="btn icon" aria-label={t("Send")}>
        <Icon name="send" />
      </button>
    </form>
  );
}

/** Keeps the end in sight for those who read there, and leaves alone those who scrolled up. */
function useFollow(count: number) {
  const log = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
  useEffect(() => {
    const box = log.current?.parentElement;
    const note = () => box && (wasAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX);
    box?.addEventListener("scroll", note, { passive: true });
    return () => box?.removeEventListener("scroll", note);
  }, []);
  useEffect(() => {
    const box = log.current?.parentElement;
    if (box && wasAtEnd.current) {
      box.scrollTop = box.scrollHeight;
    }
  }, [count]);
  return log;
}
