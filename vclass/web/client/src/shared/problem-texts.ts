import type { Kind, Problem } from "./devices.ts";
import { t } from "./i18n.ts";

type Sentences = Readonly<Record<Problem, () => string>>;

const MICROPHONE: Sentences = {
  denied: () => t("The browser does not let this page use your microphone. Allow it at the symbol beside the address, then try again."),
  missing: () => t("No microphone was found. Plug one in, then try again. Until then you can listen and write."),
  busy: () => t("Another program uses your microphone. Close that program, then try again."),
  insecure: () => t("The microphone works only on a secure page. Open the lesson with an address that begins with https."),
  lost: () => t("Your microphone was unplugged. Plug it in or choose another one, then try again."),
};

const CAMERA: Sentences = {
  denied: () => t("The browser does not let this page use your camera. Allow it at the symbol beside the address, then try again."),
  missing: () => t("No camera was found. Plug one in, then try again. Until then others see your name."),
  busy: () => t("Another program uses your camera. Close that program, then try again."),
  insecure: () => t("The camera works only on a secure page. Open the lesson with an address that begins with https."),
  lost: () => t("Your camera was unplugged. Plug it in or choose another one, then try again."),
};

/** What happened to a device and what to do about it. */
export function problemText(kind: Kind, problem: Problem): string {
  return (kind === "audio" ? MICROPHONE : CAMERA)[problem]();
}
