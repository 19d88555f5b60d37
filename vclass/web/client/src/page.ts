/** What every page made by the server gets: htmx, clocks, dialogs, toasts, focus. */
import { startClocks } from "./page/clocks.ts";
import { startCopying } from "./page/copy.ts";
import { startDialogs } from "./page/dialogs.ts";
import { startFocus } from "./page/focus.ts";
import { setUpHtmx } from "./page/htmx.ts";
import { startToasts } from "./page/toasts.ts";
import { startTriage } from "./page/triage.ts";

setUpHtmx();
startClocks();
startCopying();
startDialogs();
startFocus();
startToasts();
startTriage();

// A select that does its form's work at once; without JavaScript the form's button does it.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.matches("[data-autosubmit]")) {
    event.target.form?.requestSubmit();
  }
});

// A button that prints: without JavaScript the browser's own menu does it, so it is hidden until now.
document.querySelectorAll<HTMLElement>("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
