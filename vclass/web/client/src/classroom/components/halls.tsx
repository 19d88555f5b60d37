import { useMemo, useRef } from "preact/hooks";

import { t } from "../../shared/i18n.ts";
import { arrange } from "../layout.ts";
import { others } from "../state.ts";
import { useKnown, useScreen } from "./context.ts";
import { pictureBox, Points } from "./points.tsx";
import { Picture, Tile } from "./tile.tsx";

/** The halls side by side, everybody else below, my own picture inset. */
export function Halls() {
  const [people, me, speaker] = [useKnown((state) => state.people), useKnown((state) => state.me), useKnown((state) => state.speaker)];
  const { large, small } = arrange(others({ people, me }), speaker);
  return (
    <main id="main" tabIndex={-1}>
      <div class={`halls n${large.length}`}>
        {large.map((one) => (
          <Tile key={one.id} one={one} large />
        ))}
        {large.length === 0 && <Alone />}
        <Self />
      </div>
      {small.length > 0 && (
        <div class="tiles strip" role="group" aria-label={t("More people")} tabIndex={0}>
          {small.map((one) => (
            <Tile key={one.id} one={one} large={false} />
          ))}
        </div>
      )}
    </main>
  );
}

function Alone() {
  const { lesson } = useScreen();
  const joining = lesson.visit.phase.value === "joining";
  return (
    <div class="tile alone">
      <p>{joining ? t("Joining the lesson") : t("Nobody else is here yet. You will see and hear them as they come.")}</p>
    </div>
  );
}

function Self() {
  const { lesson } = useScreen();
  const { track, on } = lesson.local.video.value;
  const me = useKnown((state) => state.me);
  const figure = useRef<HTMLElement>(null);
  const box = () => {
    const video = figure.current?.querySelector("video");
    return video ? pictureBox(video) : null;
  };
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  if (!stream || !on) {
    return null;
  }
  return (
    <figure ref={figure} class="tile self">
      <Picture stream={stream} mirrored />
      {me && <Points of={me} box={box} mirrored />}
      <figcaption>
        <span>{t("You")}</span>
      </figcaption>
    </figure>
  );
}
