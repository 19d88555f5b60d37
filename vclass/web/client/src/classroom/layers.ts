// Pictures of several qualities: which ones I send, and which ones I want of the others.

/** The encodings of one picture, the smallest first; the server gives everybody the one that fits. */
export type Quality = "q" | "h" | "f";

const QUALITIES: readonly Quality[] = ["q", "h", "f"];
/** Bits a second for each pixel: 1.8 Mbit/s at 960x540. */
const BITS_PER_PIXEL = 3.5;
const LEAST_BITS = 100_000;
/** Pictures of so many pixels are worth two encodings, or three. */
const WORTH_TWO = 480 * 270;
const WORTH_THREE = 960 * 540;
/** A picture is drawn in good quality with so few lines; the whole one has 540. */
const LINES: Readonly<Record<"q" | "h", number>> = { q: 180, h: 360 };

/** The encodings of a picture of this size: those that are worth it halve it once or twice, the others rest. */
export function encodings(width: number, height: number): RTCRtpEncodingParameters[] {
  const count = worth(width * height);
  return QUALITIES.map((rid, place) => {
    const scaleResolutionDownBy = 2 ** Math.max(0, count - 1 - place);
    const pixels = (width * height) / scaleResolutionDownBy ** 2;
    const maxBitrate = Math.max(LEAST_BITS, Math.round(pixels * BITS_PER_PIXEL));
    return { rid, active: place < count, scaleResolutionDownBy, maxBitrate };
  });
}

/** Lets a sender encode what this camera gives, as far as its offer goes. */
export async function adapt(sender: RTCRtpSender, width: number, height: number): Promise<void> {
  const parameters = sender.getParameters();
  const wanted = new Map(encodings(width, height).map((one) => [one.rid, one]));
  if (parameters.encodings.length > 1) {
    parameters.encodings = parameters.encodings.map((one) => ({ ...one, ...wanted.get(one.rid) }));
    await sender.setParameters(parameters);
  }
}

/** The quality to ask for where a picture is drawn with so many lines of the screen. */
export function qualityFor(lines: number): Quality {
  if (lines <= LINES.q) return "q";
  return lines <= LINES.h ? "h" : "f";
}

function worth(pixels: number): number {
  if (pixels < WORTH_TWO) return 1;
  return pixels < WORTH_THREE ? 2 : 3;
}
