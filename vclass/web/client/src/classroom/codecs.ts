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
  return chosen(COMMON[kind], all, /profile-level-id=42e0/i);
}

/** The codecs to play. */
export function playedCodecs(kind: Kind, all: readonly RTCRtpCodec[]): RTCRtpCodec[] {
  return chosen([...COMMON[kind], ...PLAYED_TOO], all, /profile-level-id=(42e0|64|f4)/i);
}

function chosen(wanted: readonly string[], all: readonly RTCRtpCodec[], h264: RegExp): RTCRtpCodec[] {
  const place = (codec: RTCRtpCodec) => wanted.indexOf(codec.mimeType.toLowerCase());
  return all.filter((codec) => place(codec) >= 0 && isUsual(codec, h264)).sort((a, b) => place(a) - place(b));
}

/** Few forms of each codec, since an offer with all of them in all slots is too long.
 *
 * Of H.264 those are the constrained baseline profile and, to play, the high ones, which take what encoders make of the
 * others too; in fragments (RFC 6184 section 8.1). Of VP9 and AV1 it is profile 0. */
function isUsual({ mimeType, sdpFmtpLine = "" }: RTCRtpCodec, h264: RegExp): boolean {
  if (mimeType.toLowerCase() === "video/h264") {
    return h264.test(sdpFmtpLine) && /packetization-mode=1/.test(sdpFmtpLine);
  }
  return !/profile(-id)?=[1-9]/.test(sdpFmtpLine);
}
