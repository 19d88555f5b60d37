/** The join page: a device check into `<section data-device-check hidden>`, and the classroom fetched ahead. */
import { render } from "preact";

import { DeviceCheck } from "./join/check.tsx";
import type { JoinData } from "./join/page-data.ts";
import { readData } from "./shared/data.ts";
import { translate } from "./shared/i18n.ts";

const PREFETCH_AFTER_MS = 2000;

const data = readData<JoinData>("join-data");
if (data) {
  translate(data.language, data.texts);
}

const check = document.querySelector<HTMLElement>("[data-device-check]");
if (check) {
  check.hidden = false;
  check.setAttribute("aria-labelledby", "dc");
  render(<DeviceCheck />, check);
}

if (data?.prefetch) {
  const { prefetch } = data;
  window.setTimeout(() => {
    const link = Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href: prefetch });
    document.head.append(link);
  }, PREFETCH_AFTER_MS);
}
