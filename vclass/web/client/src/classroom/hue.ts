/** The hues of the classes `ih-1` to `ih-8`, in degrees. */
const DEGREES = [345, 248, 182, 68, 300, 132, 38, 215];

/** The class of an institution's colour, given in degrees. */
export function hueClass(degrees: number | undefined): string {
  if (degrees === undefined) {
    return "";
  }
  const distances = DEGREES.map((own) => Math.abs(((degrees - own + 540) % 360) - 180));
  return `ih-${distances.indexOf(Math.min(...distances)) + 1}`;
}
