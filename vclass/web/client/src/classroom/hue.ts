/** The hues of the classes `ih-1` to `ih-8`, in degrees. */
const DEGREES = [345, 248, 182, 68, 300, 132, 38, 215];

/** The class of an institution's colour, given as its number, 1 to 8, or in degrees. */
export function hueClass(hue: number | undefined): string {
  if (hue === undefined) {
    return "";
  }
  return `ih-${hue >= 1 && hue <= DEGREES.length ? hue : nearest(hue)}`;
}

function nearest(degrees: number): number {
  const distances = DEGREES.map((own) => Math.abs(((degrees - own + 540) % 360) - 180));
  return distances.indexOf(Math.min(...distances)) + 1;
}
