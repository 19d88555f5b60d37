import type { VideoWish } from "../shared/devices.ts";
import type { Texts } from "../shared/i18n.ts";

/**
 * What the server writes into `<script type="application/json" id="classroom-data">`. Instants are RFC 3339
 * in UTC, URLs are paths on the page's own origin.
 */
export interface PageData {
  /** The lesson's WebSocket, such as `/live/LESSON/ws`. */
  readonly ws_url: string;
  /** One ticket, fresh with each load of the page. */
  readonly ticket: string;
  /** A POST here with the header `X-CSRF-Token` answers `{"ticket": "…"}`; a problem with `detail` in the reader's language when the door is closed. */
  readonly ticket_url: string;
  /** Where Leave and the end of the lesson lead: the lesson's join page. */
  readonly leave_url: string;
  /** The server's clock when the page was made. */
  readonly now: string;
  readonly lesson: { readonly id: string; readonly title: string; readonly starts: string; readonly ends: string };
  /** The lesson's zones, the reader's own first. */
  readonly zones: readonly PageZone[];
  readonly me: { readonly name: string; readonly language: string; readonly zone: string };
  /** What the camera is asked for; 960x540 at up to 30 frames a second when absent. */
  readonly video?: VideoWish;
  /** The texts of the page's language: English source to translation, or to the list of plural forms. */
  readonly texts: Texts;
}

export interface PageZone {
  /** IANA name. */
  readonly zone: string;
  /** The city in the reader's language. */
  readonly city: string;
  /** The institution's colour, 1 to 8 as in the class `ih-N`. */
  readonly hue: number;
  /** The institution's code, such as `VIE`. */
  readonly code: string;
}

export const USUAL_VIDEO: VideoWish = { width: 960, height: 540, frame_rate: 30 };
