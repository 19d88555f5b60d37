import { useEffect, useRef } from "preact/hooks";

import { heardNow, voices } from "../state.ts";
import { useKnown, useScreen } from "./context.ts";

/** One <audio> for each slot in which a microphone is on: one that plays silence costs as much as one that speaks. */
export function Sounds() {
  const { lesson } = useScreen();
  const heard = useKnown((state) => voices(state).join(" "));
  const known = useKnown(heardNow);
  return (
    <div hidden>
      {heard.split(" ").filter(Boolean).map((mid) => (
        <Voice key={mid} stream={lesson.media.streams.value.get(mid)} />
      ))}
      {[...lesson.lastSounds.value].map(([id, stream]) => !known.split(" ").includes(id) && <Voice key={`last ${id}`} stream={stream} />)}
    </div>
  );
}

function Voice({ stream }: { readonly stream: MediaStream | undefined }) {
  const { sound } = useScreen();
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (!audio || !stream) {
      return undefined;
    }
    sound.attach(audio, stream);
    return () => sound.detach(audio);
  }, [sound, stream]);
  return <audio ref={element} autoplay />;
}
