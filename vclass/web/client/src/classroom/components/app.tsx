import { Announcer } from "./announcer.tsx";
import { Controls } from "./controls.tsx";
import type { Screen } from "./context.ts";
import { ScreenContext } from "./context.ts";
import { Halls } from "./halls.tsx";
import { Header } from "./header.tsx";
import { Notices } from "./notices.tsx";
import { Over } from "./over.tsx";
import { Side } from "./side.tsx";
import { Sounds } from "./sounds.tsx";

/** The classroom: the lesson, or how it ended. */
export function App({ screen, showChat }: { readonly screen: Screen; readonly showChat: () => void }) {
  const ending = screen.lesson.visit.ending.value;
  return <ScreenContext.Provider value={screen}>{ending ? <Over ending={ending} /> : <Live showChat={showChat} />}</ScreenContext.Provider>;
}

function Live({ showChat }: { readonly showChat: () => void }) {
  return (
    <>
      <Header />
      <Notices />
      <Halls />
      <Side />
      <Controls showChat={showChat} />
      <Sounds />
      <Announcer />
    </>
  );
}
