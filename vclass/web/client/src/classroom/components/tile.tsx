import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { Icon } from "../../shared/icons.tsx";
import { t } from "../../shared/i18n.ts";
import type { Participant } from "../protocol.ts";
import { isPaused, missingCodec, videoMid } from "../state.ts";
import { Badge, Chip, Face } from "./badges.tsx";
import { useKnown, useScreen } from "./context.ts";
import { pictureBox, Points, share, useMayPoint } from "./points.tsx";

/** One participant: the picture when there is one, above the last one while media moves, else the initials; always the name. */
export function Tile({ one, large }: { readonly one: Participant; readonly large: boolean }) {
  const { lesson } = useScreen();
  const mid = useKnown((state) => videoMid(state, one.id));
  const missing = useKnown((state) => missingCodec(state, one.id));
  const paused = useKnown((state) => isPaused(state, one.id));
  const live = mid === null || missing !== null ? undefined : lesson.media.streams.value.get(mid);
  const last = lesson.lastPictures.value.get(one.id);
  const speaks = useKnown((state) => state.speaker === one.id);
  const figure = useRef<HTMLElement>(null);
  useSize(figure, one.id);
  const pointing = usePointing(figure, one.id, large && one.video && live !== undefined);
  return (
    <figure ref={figure} class={speaks ? "tile talk" : "tile"} data-participant={one.id} {...pointing.handlers}>
      {one.video && last && <Picture key="last" stream={last} />}
      {one.video && live && <Picture key="live" stream={live} />}
      {one.video && missing && <Unplayable codec={missing} />}
      {!(one.video && (live ?? last ?? missing)) && <NoPicture one={one} large={large} />}
      <Points of={one.id} box={pointing.box} />
      {speaks && large && (
        <span class="tag">
          <Badge kind="now" icon="mic" text={t("Speaking")} />
        </span>
      )}
      <figcaption>
        <Chip one={one} />
        {!one.audio && <Icon name="micoff" small />}
        {!one.audio && <span class="vh">{t("Microphone off")}</span>}
        <span>{one.name}</span>
        {one.signal !== "good" && <Weak one={one} />}
        {presence(one) && <span class="badge">{presence(one)}</span>}
        {one.video && paused && <span class="badge">{t("Picture paused: slow connection")}</span>}
      </figcaption>
    </figure>
  );
}

/** Lets the lesson know how large somebody is drawn, so that the picture comes no larger. */
function useSize(figure: RefObject<HTMLElement | null>, participant: string): void {
  const { wants } = useScreen().lesson;
  useEffect(() => {
    const element = figure.current;
    if (!element) {
      return;
    }
    const observer = new ResizeObserver(() => wants.drawn(participant, element.clientHeight * devicePixelRatio));
    observer.observe(element);
    return () => {
      observer.disconnect();
      wants.gone(participant);
    };
  }, [participant]);
}

const SILENT = { handlers: {}, box: () => null };

/** Holding a press on a large picture points at it, for everybody to see. */
function usePointing(figure: RefObject<HTMLElement | null>, at: string, on: boolean) {
  const { lesson } = useScreen();
  const may = useMayPoint();
  if (!on) {
    return SILENT;
  }
  const video = () => figure.current?.querySelector<HTMLVideoElement>("video:last-of-type") ?? null;
  const box = () => {
    const shown = video();
    return shown && pictureBox(shown);
  };
  const point = (event: PointerEvent) => {
    const shown = video();
    const place = shown && share(event, shown);
    if (place) {
      lesson.pointers.point({ at, ...place });
    }
  };
  const down = (event: PointerEvent) => {
    if (event.button === 0) {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      point(event);
    }
  };
  const move = (event: PointerEvent) => (event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId) && point(event);
  const up = () => lesson.pointers.release();
  const presses = { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up, "data-pointable": "" };
  return { handlers: may ? presses : {}, box };
}

/** A moving picture. Its sound comes from elsewhere. */
export function Picture({ stream, mirrored = false }: { readonly stream: MediaStream; readonly mirrored?: boolean }) {
  const element = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    const video = element.current;
    if (video && video.srcObject !== stream) {
      video.srcObject = stream;
      void video.play().catch(() => undefined);
    }
  }, [stream]);
  return <video ref={element} class={mirrored ? "v mirror" : "v"} muted autoplay playsInline disablePictureInPicture />;
}

function NoPicture({ one, large }: { readonly one: Participant; readonly large: boolean }) {
  return (
    <div class={`v face ${one.state === "away" ? "away" : ""}`}>
      <Face name={one.name} hue={one.institution?.hue} large={large} />
    </div>
  );
}

function Unplayable({ codec }: { readonly codec: string }) {
  return <p class="v lacks">{t("This browser can't play {codec} video. Try another one.", { codec })}</p>;
}

/** A mark for those whose sound and picture come up badly. */
function Weak({ one }: { readonly one: Participant }) {
  return (
    <span class={one.signal === "poor" ? "weak poor" : "weak"} data-signal={one.signal}>
      <Icon name="signal" small />
      <span class="vh">{one.signal === "poor" ? t("Poor connection") : t("Weak connection")}</span>
    </span>
  );
}

/** A word for those whose picture or sound may be missing, and why. */
function presence(one: Participant): string {
  const words = { connecting: t("Connecting"), live: "", stale: t("No signal"), away: t("Reconnecting") };
  return words[one.state];
}
