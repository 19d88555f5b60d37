import type { Kind } from "../shared/devices.ts";

/** What everybody's browser both sends and plays, and what mends it. */
const COMMON: Readonly<Record<Kind, readonly string[]>> = {
  audio: ["audio/opus"],
  video: ["video/vp8", "video/h264", "video/rtx"],
};
/** What some encoders send besides, and many browsers play. */
const PLAYED_TOO = ["video/vp9", "video/av1"];

/** The codecs to send in, in order of preference, out of those that a browser has. */
export function sentCodecs(kind: Kind, all: readonly RTCRtpCodec[]): RTCRtpCodec[] {
  return chosen(COMMON[kind], all);
}

/** The codecs to play. */
export function playedCodecs(kind: Kind, all: readonly RTCRtpCodec[]): RTCRtpCodec[] {
  return chosen([...COMMON[kind], ...PLAYED_TOO], all);
}

function chosen(wanted: readonly string[], all: readonly RTCRtpCodec[]): RTCRtpCodec[] {
  const place = (codec: RTCRtpCodec) => wanted.indexOf(codec.mimeType.toLowerCase());
  return all.filter((codec) => place(codec) >= 0 && isUsual(codec)).sort((a, b) => place(a) - place(b));
}

/** One form of each codec, since an offer with all forms in all slots is too long: the one that encoders send.
 *
 * Of H.264 that is the constrained baseline profile in fragments (RFC 6184 section 8.1), of VP9 and AV1 profile 0. */
function isUsual({ mimeType, sdpFmtpLine = "" }: RTCRtpCodec): boolean {
  if (mimeType.toLowerCase() === "video/h264") {
    return /profile-level-id=42e0/i.test(sdpFmtpLine) && /packetization-mode=1/.test(sdpFmtpLine);
  }
  return !/profile(-id)?=[1-9]/.test(sdpFmtpLine);
}
