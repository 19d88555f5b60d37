import { useEffect, useRef } from "preact/hooks";

import { useScreen } from "./context.ts";

/** One <audio> for each slot of sound, whoever is in it. */
export function Sounds() {
  const { lesson } = useScreen();
  const streams = [...lesson.media.streams.value].filter(([, stream]) => stream.getAudioTracks().length > 0);
  return (
    <div hidden>
      {streams.map(([mid, stream]) => (
        <Voice key={mid} stream={stream} />
      ))}
    </div>
  );
}

function Voice({ stream }: { readonly stream: MediaStream }) {
  const { sound } = useScreen();
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (!audio) {
      return undefined;
    }
    sound.attach(audio, stream);
    return () => sound.detach(audio);
  }, [sound, stream]);
  return <audio ref={element} autoplay />;
}
