import type { Texts } from "../shared/i18n.ts";

/** What the server writes into `<script type="application/json" id="join-data">`. */
export interface JoinData {
  readonly language: string;
  readonly texts: Texts;
  /** The classroom's bundle, to be fetched while people look at the page. */
  readonly prefetch?: string;
}
