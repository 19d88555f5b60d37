import type { Kind, VideoWish } from "../shared/devices.ts";
import { playedCodecs, sentCodecs } from "./codecs.ts";
import { adapt, encodings } from "./layers.ts";
import type { Counts } from "./protocol.ts";
import type { Relays } from "./state.ts";

const KINDS: readonly Kind[] = ["audio", "video"];
/** What the server reads of an offer. */
const MOST_SDP = 32_768;
const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";

/** The one RTCPeerConnection: a microphone and a camera to send, and slots to receive. It always offers. */
export class Peer {
  readonly connection: RTCPeerConnection;
  readonly pointer: RTCDataChannel;
  readonly #senders: Readonly<Record<Kind, RTCRtpSender>>;
  readonly #streams = new Map<string, MediaStream>();
  #offered = false;

  constructor(relays: Relays, wanted: Counts, video: VideoWish) {
    this.connection = new RTCPeerConnection(configuration(relays));
    const sendEncodings = encodings(video.width, video.height);
    this.#senders = {
      audio: this.#add("audio", { direction: "sendonly" }).sender,
      video: this.#add("video", { direction: "sendonly", sendEncodings }).sender,
    };
    this.grow(wanted);
    this.pointer = this.connection.createDataChannel("pointer", { ordered: false, maxRetransmits: 0 });
  }

  /** Takes fresh credentials of the relays; they count from the next gathering of addresses on. */
  configure(relays: Relays): void {
    this.connection.setConfiguration(configuration(relays));
  }

  /** Adds receive slots up to the numbers wanted; tells whether there were too few. */
  grow(wanted: Counts): boolean {
    const missing = KINDS.flatMap((kind) => Array<Kind>(Math.max(0, wanted[kind] - this.#slots(kind))).fill(kind));
    for (const kind of missing) {
      this.#add(kind, { direction: "recvonly" });
    }
    this.#offered &&= missing.length === 0;
    return missing.length > 0;
  }

  /**
   * A complete offer, the same again while it has no answer. The server is ICE-lite and learns our addresses from our
   * checks: nothing to gather.
   */
  async offer(restart: boolean): Promise<string> {
    if (restart) {
      this.connection.restartIce();
    }
    if (restart || !this.#offered) {
      await this.#describe();
    }
    this.#offered = true;
    return this.#sdp;
  }

  /** Makes the first offer before it is asked for. */
  async prepare(): Promise<void> {
    await this.#describe();
    this.#offered = true;
  }

  async answer(sdp: string): Promise<void> {
    this.#offered = false;
    await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  async send(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    await this.#senders[kind].replaceTrack(track);
    const { width, height } = track?.getSettings() ?? {};
    if (kind === "video" && width !== undefined && height !== undefined) {
      await adapt(this.#senders.video, width, height);
    }
  }

  /** What comes in, by the `mid` of its slot. */
  streams(): ReadonlyMap<string, MediaStream> {
    for (const { mid, receiver, direction } of this.connection.getTransceivers()) {
      if (mid !== null && direction === "recvonly" && !this.#streams.has(mid)) {
        this.#streams.set(mid, new MediaStream([receiver.track]));
      }
    }
    return new Map(this.#streams);
  }

  close(): void {
    this.connection.close();
  }

  get #sdp(): string {
    return this.connection.localDescription?.sdp ?? "";
  }

  /** Where an offer would be too long, its new slots play only what everybody sends. */
  async #describe(): Promise<void> {
    await this.connection.setLocalDescription();
    if (this.#sdp.length <= MOST_SDP) {
      return;
    }
    for (const slot of this.connection.getTransceivers().filter((one) => one.currentDirection === null)) {
      prefer(slot, sentCodecs);
    }
    await this.connection.setLocalDescription();
  }

  #add(kind: Kind, wishes: RTCRtpTransceiverInit): RTCRtpTransceiver {
    const transceiver = this.connection.addTransceiver(kind, wishes);
    const sends = wishes.direction === "sendonly";
    prefer(transceiver, sends ? sentCodecs : playedCodecs);
    if (!sends) {
      shorten(transceiver);
    }
    return transceiver;
  }

  #slots(kind: Kind): number {
    const receiving = this.connection.getTransceivers().filter((one) => one.direction === "recvonly");
    return receiving.filter((one) => one.receiver.track.kind === kind).length;
  }
}

function prefer(transceiver: RTCRtpTransceiver, choose: typeof sentCodecs): void {
  const kind = transceiver.receiver.track.kind as Kind;
  const codecs = choose(kind, RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []);
  if (codecs.length > 0) {
    transceiver.setCodecPreferences(codecs);
  }
}

interface HeaderExtension {
  readonly uri: string;
  direction: RTCRtpTransceiverDirection;
}

interface Negotiable extends RTCRtpTransceiver {
  getHeaderExtensionsToNegotiate?(): HeaderExtension[];
  setHeaderExtensionsToNegotiate?(extensions: readonly HeaderExtension[]): void;
}

/** The server sends no header extensions; where a browser can leave them out, a slot is a third shorter. */
function shorten(slot: Negotiable): void {
  const extensions = slot.getHeaderExtensionsToNegotiate?.() ?? [];
  for (const extension of extensions.filter(({ uri }) => uri !== MID)) {
    extension.direction = "stopped";
  }
  slot.setHeaderExtensionsToNegotiate?.(extensions);
}

function configuration({ servers, policy }: Relays): RTCConfiguration {
  return { iceServers: [...servers], iceTransportPolicy: policy, bundlePolicy: "max-bundle" };
}
