/** The connection test: tries each way into `#connection`, and says what to do. */
import { render } from "preact";

import type { ConnectionData } from "./connection/page-data.ts";
import { Report } from "./connection/report.tsx";
import { readData } from "./shared/data.ts";
import { translate } from "./shared/i18n.ts";

const data = readData<ConnectionData>("connection-data");
const place = document.getElementById("connection");
if (data && place) {
  translate(data.language, data.texts);
  place.replaceChildren();
  render(<Report data={data} />, place);
}
