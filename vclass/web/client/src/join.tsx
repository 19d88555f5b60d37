/** The join page: a device check into `#preview-devices`, and the classroom's bundle fetched ahead. */
import { render } from "preact";

import { DeviceCheck } from "./join/check.tsx";
import type { JoinData } from "./join/page-data.ts";
import { readData } from "./shared/data.ts";
import { translate } from "./shared/i18n.ts";

function start(data: JoinData | null): void {
  translate(data?.language ?? document.documentElement.lang, data?.texts ?? {});
  const list = document.getElementById("preview-devices");
  if (list) {
    render(<DeviceCheck />, list);
    list.closest("[hidden]")?.removeAttribute("hidden");
  }
  if (data?.prefetch) {
    prefetch(data.prefetch);
  }
}

function prefetch(href: string): void {
  document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href }));
}

start(readData<JoinData>("join-data"));
