import type { Kind } from "../shared/devices.ts";

/** What everybody's browser both sends and plays, and what mends it: an offer with all codecs of all slots is too long. */
const OFFERED: Readonly<Record<Kind, readonly string[]>> = {
  audio: ["audio/opus"],
  video: ["video/vp8", "video/h264", "video/rtx"],
};

/** The codecs to offer, in order of preference, out of those that a browser has. */
export function offeredCodecs(kind: Kind, all: readonly RTCRtpCodec[]): RTCRtpCodec[] {
  const wanted = OFFERED[kind];
  const place = (codec: RTCRtpCodec) => wanted.indexOf(codec.mimeType.toLowerCase());
  return all.filter((codec) => place(codec) >= 0 && isUsual(codec)).sort((a, b) => place(a) - place(b));
}

/** Of the many forms of H.264, the constrained baseline profile in fragments (RFC 6184 section 8.1). */
function isUsual({ mimeType, sdpFmtpLine = "" }: RTCRtpCodec): boolean {
  const isH264 = mimeType.toLowerCase() === "video/h264";
  return !isH264 || (/profile-level-id=42e0/i.test(sdpFmtpLine) && /packetization-mode=1/.test(sdpFmtpLine));
}
