/** What every page made by the server gets: htmx, clocks, dialogs, toasts, focus. */
import { startClocks } from "./page/clocks.ts";
import { startDialogs } from "./page/dialogs.ts";
import { startFocus } from "./page/focus.ts";
import { setUpHtmx } from "./page/htmx.ts";
import { startToasts } from "./page/toasts.ts";

setUpHtmx();
startClocks();
startDialogs();
startFocus();
startToasts();

// A select that does its form's work at once; without JavaScript the form's button does it.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.matches("[data-autosubmit]")) {
    event.target.form?.requestSubmit();
  }
});
