const PATHS = {
  arrow: "M4 12h16M14 6l6 6-6 6",
  cam: "M3.5 7h11.5v10H3.5zM15 11l5.5-3.5v9L15 13",
  camoff: "M4 4l16 16M8 7h7v7M15 11l5.5-3.5v9l-2-1.3M13.5 17h-10V7h1",
  chat: "M4 5.5h16v11H10.500L6 20v-3.500H4z",
  check: "M5 12.5 10 17.5 19.5 7",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3.2 2",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.5M12 7.7v.1",
  leave: "M10 4.5H5v15h5M10 12h10M16.5 8.5 20 12l-3.5 3.5",
  mic: "M12 14.5a3 3 0 0 0 3-3V7a3 3 0 0 0-6 0v4.5a3 3 0 0 0 3 3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  micoff:
    "M4 4l16 16M9 9v2.5a3 3 0 0 0 4.6 2.5M15 11V7a3 3 0 0 0-5.7-1.3M6 11.5a6 6 0 0 0 9.7 4.7M18 11.5c0 .9-.2 1.7-.5 2.5M12 17.5V21",
  pause: "M8.5 5v14M15.500 5v14",
  play: "M8 5v14l11-7z",
  record: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 14.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600z",
  send: "M4 12 20 4.5 15 20l-3.5-6.5zM11.5 13.5 20 4.5",
  signal: "M5 19v-3M10 19v-7M15 19V8.5M20 19V5",
  speaker: "M4 9.5h3.500L12 5.500v13L7.500 14.500H4zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a7.800 7.800 0 0 1 0 11",
  stop: "M6.500 6.500h11v11h-11z",
  warn: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.1",
  x: "M6 6l12 12M18 6 6 18",
} as const;

export type IconName = keyof typeof PATHS;

const DIRECTED: ReadonlySet<IconName> = new Set(["arrow", "leave", "send"]);

/** A drawing beside a word; screen readers pass over it. */
export function Icon({ name, small = false }: { readonly name: IconName; readonly small?: boolean }) {
  const classes = ["ic", small && "s", DIRECTED.has(name) && "flip"].filter(Boolean).join(" ");
  return (
    <svg class={classes} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
