// Microphone and camera: asking for them, naming what went wrong, remembering which ones were chosen.

export type Kind = "audio" | "video";
export type Problem = "denied" | "missing" | "busy" | "insecure" | "lost";
export type Outcome = { readonly track: MediaStreamTrack } | { readonly problem: Problem };

export interface VideoWish {
  readonly width: number;
  readonly height: number;
  readonly frame_rate: number;
}

const STORE = "vclass.devices";

const PROBLEMS: Readonly<Record<string, Problem>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** Asks for the microphone or the camera that was chosen last; browsers fall back to another one. */
export async function openDevice(kind: Kind, video: VideoWish): Promise<Outcome> {
  if (!navigator.mediaDevices) {
    return { problem: "insecure" };
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia(constraints(kind, video));
    const track = stream.getTracks()[0];
    return track ? { track } : { problem: "missing" };
  } catch (error) {
    return { problem: PROBLEMS[(error as DOMException).name] ?? "busy" };
  }
}

/** The devices of that kind. Their labels are empty until the browser has asked for permission. */
export async function listDevices(kind: Kind): Promise<MediaDeviceInfo[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === `${kind}input` && device.deviceId !== "");
}

export function chosenDevice(kind: Kind): string | null {
  return readChoices()[kind] ?? null;
}

/** Remembers a device for this and the following lessons of this browser. */
export function chooseDevice(kind: Kind, id: string): void {
  try {
    localStorage.setItem(STORE, JSON.stringify({ ...readChoices(), [kind]: id }));
  } catch {
    // Storage is off in this browser: the choice holds as long as the page.
  }
}

function readChoices(): Partial<Record<Kind, string>> {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "{}");
  } catch {
    return {};
  }
}

function constraints(kind: Kind, video: VideoWish): MediaStreamConstraints {
  const id = chosenDevice(kind);
  const device = id ? { deviceId: { ideal: id } } : {};
  if (kind === "audio") {
    return { audio: { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
  }
  const { width, height, frame_rate } = video;
  return { video: { ...device, width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frame_rate, max: 30 } } };
}
