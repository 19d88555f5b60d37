import { t } from "../shared/i18n.ts";
import type { ConnectionData } from "./page-data.ts";
import type { Outcomes, WayName } from "./ways.ts";

export interface Verdict {
  readonly kind: "ok" | "info" | "warn" | "bad";
  readonly title: string;
  readonly advice: string;
}

type Facts = Pick<ConnectionData, "host" | "udp_port" | "has_relay" | "relays">;

const DETOURS: readonly WayName[] = ["tcp", "relay-udp", "relay-tcp", "relay-tls"];

/** What all of it means for a lesson, and what to do; null while it isn't known yet. */
export function verdict(outcomes: Outcomes, facts: Facts): Verdict | null {
  const all = Object.values(outcomes);
  if (outcomes.udp === "works" && outcomes.socket === "works") {
    return { kind: "ok", title: t("All is well here"), advice: t("Sound and picture take the direct way, the best there is.") };
  }
  if (all.includes("trying")) {
    return null;
  }
  if (all.includes("busy")) {
    return { kind: "warn", title: t("The server has no time for tests now"), advice: t("Test again in a minute.") };
  }
  if (outcomes.socket !== "works") {
    return { kind: "bad", title: t("Lessons don't work from here"), advice: socketAdvice(facts) };
  }
  if (DETOURS.some((way) => outcomes[way] === "works")) {
    return {
      kind: "info",
      title: t("Lessons work from here"),
      advice: t("The direct way is blocked, but there is another one, and the lesson takes it by itself. Sound and picture may come a little later."),
    };
  }
  if (outcomes.udp === "local") {
    return {
      kind: "warn",
      title: t("This site runs for this device alone"),
      advice: t("It announces no address but that of the device to itself, and some browsers, such as Firefox, send no sound and picture there. Use Chromium or Chrome."),
    };
  }
  return { kind: "bad", title: t("Sound and picture don't get through from here"), advice: mediaAdvice(facts) };
}

function socketAdvice({ host }: Facts): string {
  return t(
    "This network, or a program on this device, blocks WebSockets. Use another network, such as your phone's, or ask the administrators of this one to let {host} through.",
    { host },
  );
}

function mediaAdvice(facts: Facts): string {
  if (facts.has_relay && facts.relays.length === 0) {
    return t("The direct ways are blocked. There is another one for who is invited: sign in, or open this test from the page behind the link in your invitation.");
  }
  const place = { host: facts.host, port: facts.udp_port, relays: hosts(facts) };
  if (facts.has_relay) {
    return t(
      "Use another network, such as your phone's, or ask the administrators of this one to let {host} through on port {port} (UDP), or {relays}. The chat of the lesson works here all the same.",
      place,
    );
  }
  return t(
    "Use another network, such as your phone's, or ask the administrators of this one to let {host} through on port {port} (UDP). The chat of the lesson works here all the same.",
    place,
  );
}

function hosts({ relays }: Facts): string {
  return [...new Set(relays.map(({ urls }) => urls.replace(/^turns?:|\?.*$/g, "")))].join(", ");
}
