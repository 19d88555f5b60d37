import { Icon } from "../../shared/icons.tsx";
import { t } from "../../shared/i18n.ts";
import type { Participant, Role } from "../protocol.ts";
import { myself } from "../state.ts";
import { Badge, Face } from "./badges.tsx";
import { useKnown, useScreen } from "./context.ts";

const LEADERS: ReadonlySet<Role> = new Set<Role>(["host", "teacher"]);

/** Everybody who is here, in the order in which they came. */
export function People() {
  const [people, me] = [useKnown((state) => state.people), useKnown((state) => state.me)];
  const leads = LEADERS.has(myself({ people, me })?.role ?? "guest");
  return (
    <ul class="people">
      {people.map((one) => (
        <Person key={one.id} one={one} isMe={one.id === me} mayMute={leads && one.id !== me} />
      ))}
    </ul>
  );
}

interface PersonProperties {
  readonly one: Participant;
  readonly isMe: boolean;
  readonly mayMute: boolean;
}

function Person({ one, isMe, mayMute }: PersonProperties) {
  const { lesson } = useScreen();
  return (
    <li data-participant={one.id}>
      <Face name={one.name} hue={one.institution?.hue} />
      <span class="grow">
        {isMe ? t("{name} (you)", { name: one.name }) : one.name}
        <br />
        <span class="muted">{described(one)}</span>
      </span>
      {one.recorded && <Badge icon="record" kind="bad" text={t("REC")} />}
      {mayMute && one.audio && (
        <button type="button" class="btn" aria-label={t("Mute {name}", { name: one.name })} onClick={() => lesson.muteOther(one.id)}>
          {t("Mute")}
        </button>
      )}
      <Icon name={one.audio ? "mic" : "micoff"} small />
      <span class="vh">{one.audio ? t("Microphone on") : t("Microphone off")}</span>
    </li>
  );
}

/** "Teacher, VIE", or what keeps somebody from being heard. */
function described({ role, institution, state }: Participant): string {
  const roles: Record<Role, string> = {
    host: t("Host"),
    teacher: t("Teacher"),
    student: t("Student"),
    guest: t("Guest"),
    room: t("Room"),
  };
  const presence = { connecting: t("connecting"), live: "", stale: t("no signal"), away: t("reconnecting") };
  return [roles[role], institution?.name, presence[state]].filter(Boolean).join(", ");
}
