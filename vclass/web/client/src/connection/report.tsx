import { useEffect, useState } from "preact/hooks";

import type { IconName } from "../shared/icons.tsx";
import { Icon } from "../shared/icons.tsx";
import { t } from "../shared/i18n.ts";
import type { ConnectionData } from "./page-data.ts";
import type { Verdict } from "./verdict.ts";
import { verdict } from "./verdict.ts";
import type { Outcome, Outcomes, WayName } from "./ways.ts";
import { tryAll, WAYS } from "./ways.ts";

const UNKNOWN = Object.fromEntries(WAYS.map((way) => [way, "trying"])) as Outcomes;

/** Every way with what became of it, and above them what that means. */
export function Report({ data }: { readonly data: ConnectionData }) {
  const [outcomes, setOutcomes] = useState<Outcomes>(UNKNOWN);
  useEffect(() => {
    void tryAll(data, (way, outcome) => setOutcomes((before) => ({ ...before, [way]: outcome })));
  }, [data]);
  const found = verdict(outcomes, data);
  return (
    <div class="stack g5">
      <div role="status">{found ? <Meaning found={found} /> : <p class="muted">{t("The ways are being tried. It takes ten seconds at most.")}</p>}</div>
      <section class="card stack" aria-labelledby="ways-title">
        <h2 id="ways-title">{t("The ways")}</h2>
        <ul class="list">
          {WAYS.map((way) => (
            <Way key={way} way={way} outcome={outcomes[way]} closed={way.startsWith("relay") && data.has_relay && data.relays.length === 0} />
          ))}
        </ul>
      </section>
      <div>
        <a class="btn" href={location.pathname}>
          <Icon name="signal" />
          {t("Test again")}
        </a>
      </div>
    </div>
  );
}

const MARKS: Readonly<Record<Verdict["kind"], IconName>> = { ok: "check", info: "info", warn: "warn", bad: "warn" };

function Meaning({ found }: { readonly found: Verdict }) {
  return (
    <div class={`banner ${found.kind}`} data-verdict={found.kind}>
      <Icon name={MARKS[found.kind]} />
      <div class="body">
        <strong>{found.title}</strong>
        <span>{found.advice}</span>
      </div>
    </div>
  );
}

interface WayProperties {
  readonly way: WayName;
  readonly outcome: Outcome;
  /** There is such a way, but not for who isn't invited. */
  readonly closed: boolean;
}

function Way({ way, outcome, closed }: WayProperties) {
  const [name, detail] = words(way);
  return (
    <li data-way={way} data-outcome={outcome}>
      <Icon name={way === "socket" ? "chat" : "signal"} />
      <span class="body">
        <span>{name}</span>
        <span class="small muted">{detail}</span>
      </span>
      <Mark outcome={outcome} closed={closed} />
    </li>
  );
}

function Mark({ outcome, closed }: { readonly outcome: Outcome; readonly closed: boolean }) {
  const [kind, icon, text] = mark(outcome, closed);
  return (
    <span class={`badge ${kind}`}>
      <Icon name={icon} />
      {text}
    </span>
  );
}

function mark(outcome: Outcome, closed: boolean): readonly [kind: string, icon: IconName, text: string] {
  const marks: Readonly<Record<Outcome, readonly [string, IconName, string]>> = {
    trying: ["wait", "clock", t("Being tried")],
    works: ["ok", "check", t("Works")],
    blocked: ["bad", "x", t("Blocked")],
    local: ["bad", "x", t("Blocked")],
    absent: ["", "info", closed ? t("For invited people") : t("Not offered here")],
    busy: ["warn", "clock", t("Not tested")],
  };
  return marks[outcome];
}

function words(way: WayName): readonly [name: string, detail: string] {
  const said: Readonly<Record<WayName, readonly [string, string]>> = {
    socket: [t("Who is there, and the chat"), t("WebSocket")],
    udp: [t("Sound and picture, straight"), t("UDP")],
    tcp: [t("Sound and picture, straight, where UDP is blocked"), t("TCP")],
    "relay-udp": [t("Through the relay"), t("UDP")],
    "relay-tcp": [t("Through the relay, where UDP is blocked"), t("TCP")],
    "relay-tls": [t("Through the relay, as any secure page"), t("TLS")],
  };
  return said[way];
}
