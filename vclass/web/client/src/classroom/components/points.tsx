import { hueClass } from "../hue.ts";
import type { Point } from "../pointers.ts";
import { myself } from "../state.ts";
import { useKnown, useScreen } from "./context.ts";

/** Who may point: people whom the installation knows. The server passes on nobody else's. */
export function useMayPoint(): boolean {
  return useKnown((state) => (myself(state)?.role ?? "guest") !== "guest");
}

interface PointsProperties {
  readonly of: string;
  readonly box: () => Box | null;
  readonly mirrored?: boolean;
}

/** Where people point in the picture of a tile, with their names. */
export function Points({ of, box, mirrored = false }: PointsProperties) {
  const { lesson } = useScreen();
  const people = useKnown((state) => state.people);
  const here = [...lesson.pointers.shown.value].filter(([, point]) => point.at === of);
  const place = here.length > 0 ? box() : null;
  if (!place) {
    return null;
  }
  return (
    <div class="points" aria-hidden="true">
      {here.map(([who, point]) => {
        const one = people.find(({ id }) => id === who);
        return one && <Mark key={who} name={one.name} hue={hueClass(one.institution?.hue)} at={placed(point, place, mirrored)} />;
      })}
    </div>
  );
}

function Mark({ name, hue, at }: { readonly name: string; readonly hue: string; readonly at: { left: string; top: string } }) {
  return (
    <span class={`point ${hue}`} style={at}>
      <span>{name}</span>
    </span>
  );
}

/** A picture's place in its tile, which it does not always fill. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a video that is shown whole has its picture. */
export function pictureBox(video: HTMLVideoElement): Box | null {
  const { clientWidth, clientHeight, videoWidth, videoHeight } = video;
  if (videoWidth === 0 || clientWidth === 0) {
    return null;
  }
  const scale = (getComputedStyle(video).objectFit === "cover" ? Math.max : Math.min)(clientWidth / videoWidth, clientHeight / videoHeight);
  const [width, height] = [videoWidth * scale, videoHeight * scale];
  return { left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height };
}

/** Which share of the picture a press is at; null beside it. */
export function share(event: PointerEvent, video: HTMLVideoElement): { x: number; y: number } | null {
  const box = pictureBox(video);
  if (!box) {
    return null;
  }
  const { left, top } = video.getBoundingClientRect();
  const [x, y] = [(event.clientX - left - box.left) / box.width, (event.clientY - top - box.top) / box.height];
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
}

function placed({ x, y }: Point, box: Box, mirrored: boolean): { left: string; top: string } {
  const across = mirrored ? 1 - x : x;
  return { left: `${box.left + across * box.width}px`, top: `${box.top + y * box.height}px` };
}
