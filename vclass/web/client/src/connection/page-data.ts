import type { Texts } from "../shared/i18n.ts";

/** One address of a relay, with the right to try it. */
export interface RelayAddress {
  readonly urls: string;
  readonly username: string;
  readonly credential: string;
}

/** What the server writes into `<script type="application/json" id="connection-data">`. */
export interface ConnectionData {
  readonly language: string;
  readonly texts: Texts;
  /** A lesson's WebSocket, of a lesson that isn't there: it answers all the same. */
  readonly socket_path: string;
  /** A POST of an SDP offer here answers with the SDP of a connection that leads to nobody. */
  readonly probe_path: string;
  /** What a network's administrators would have to let through. */
  readonly host: string;
  readonly udp_port: number;
  /** Whether the site has relays; `relays` are those that this reader may try. */
  readonly has_relay: boolean;
  readonly relays: readonly RelayAddress[];
}
