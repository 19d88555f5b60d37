import { useEffect, useState } from "preact/hooks";

import type { Kind, Problem } from "../shared/devices.ts";
import { openDevice } from "../shared/devices.ts";
import { watchLevel } from "../shared/level.ts";

const PREVIEW = { width: 640, height: 360, frame_rate: 30 };

export interface DeviceTest {
  readonly track: MediaStreamTrack | null;
  readonly problem: Problem | null;
  readonly busy: boolean;
  /** Opens the device, or the one that was chosen in its place. */
  open(): Promise<void>;
  close(): void;
}

interface State {
  readonly track: MediaStreamTrack | null;
  readonly problem: Problem | null;
  readonly busy: boolean;
}

const CLOSED: State = { track: null, problem: null, busy: false };

/** A microphone or camera on trial. It is closed when the page goes away. */
export function useDevice(kind: Kind): DeviceTest {
  const [state, setState] = useState<State>(CLOSED);
  const { track } = state;
  useEffect(() => () => track?.stop(), [track]);
  const open = async () => {
    setState({ ...CLOSED, track, busy: true });
    const outcome = await openDevice(kind, PREVIEW);
    setState("track" in outcome ? { ...CLOSED, track: outcome.track } : { ...CLOSED, problem: outcome.problem });
  };
  return { ...state, open, close: () => setState(CLOSED) };
}

/** The loudness of a track, 0 to 100. */
export function useLevel(track: MediaStreamTrack | null): number {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    setLevel(0);
    return track ? watchLevel(track, setLevel) : undefined;
  }, [track]);
  return level;
}
