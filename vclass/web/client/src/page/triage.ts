type Act = "next" | "previous" | "approve" | "reject" | "help";

// By place, not by letter: a Cyrillic or Greek layout has no J.
const ACTS: Readonly<Record<string, Act>> = { KeyJ: "next", KeyK: "previous", KeyA: "approve", KeyR: "reject" };
const OFF = "triage-keys-off";
const THEN = "triage-then";

/**
 * Keys for a list of `[data-request]` inside `[data-triage]`: J and K move the focus, A presses the request's
 * `[data-approve]`, R opens its `[data-reject]` and leads to the reason, Escape leads back out of a field, ? opens
 * the dialog `#keys`. Its switch, `[data-keys]`, turns the letters off in this browser.
 */
export function startTriage(): void {
  const queue = document.querySelector<HTMLElement>("[data-triage]");
  if (!queue) {
    return;
  }
  const toggle = document.querySelector<HTMLInputElement>("[data-keys]");
  offer(toggle);
  queue.addEventListener("submit", remember);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && inField(event.target)) {
      leave(event);
    } else if (toggle?.checked && !document.querySelector("dialog[open]")) {
      obey(event);
    }
  });
  goOn();
}

/** Without a script there are no keys: so what tells of them is hidden until now. */
function offer(toggle: HTMLInputElement | null): void {
  document.querySelectorAll<HTMLElement>("[data-keys-hint]").forEach((hint) => (hint.hidden = false));
  if (toggle) {
    toggle.checked = localStorage.getItem(OFF) === null;
    toggle.addEventListener("change", () => {
      toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes");
    });
  }
}

function obey(event: KeyboardEvent): void {
  const act = event.key === "?" ? "help" : ACTS[event.code];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField(event.target)) {
    return;
  }
  event.preventDefault();
  const here = current();
  if (act === "next" || act === "previous") {
    move(act === "next" ? 1 : -1);
  } else if (act === "help") {
    document.querySelector<HTMLElement>("[data-dialog=keys]")?.click();
  } else if (here && !event.repeat) {
    act === "approve" ? approve(here) : reject(here);
  }
}

function move(step: number): void {
  const all = requests();
  const here = current();
  const at = here ? all.indexOf(here) + step : step > 0 ? 0 : all.length - 1;
  stand(all[Math.max(0, Math.min(at, all.length - 1))]);
}

function approve(request: HTMLElement): void {
  const button = request.querySelector<HTMLButtonElement>("[data-approve]");
  // One answer is on its way: what the page shows is over.
  if (button && !document.querySelector("[data-triage][aria-busy]")) {
    button.form?.requestSubmit(button);
  }
}

function reject(request: HTMLElement): void {
  const form = request.querySelector<HTMLDetailsElement>("[data-reject]");
  if (form) {
    form.open = true;
    form.querySelector<HTMLInputElement>("input[name=reason]")?.focus();
  }
}

/** Out of a reason that shall not be sent after all, back to its request. */
function leave(event: KeyboardEvent): void {
  const request = current();
  const form = request?.querySelector<HTMLDetailsElement>("[data-reject]");
  if (form?.contains(event.target as Node)) {
    form.open = false;
    stand(request);
  }
}

/** Keeps where to go on when the answer has come: at this request if it is there still, else at the one after it. */
function remember(event: SubmitEvent): void {
  const all = requests();
  const here = (event.target as Element).closest<HTMLElement>("[data-request]");
  const at = here ? all.indexOf(here) : -1;
  const order = at < 0 ? [] : [...all.slice(at), ...all.slice(0, at).reverse()];
  sessionStorage.setItem(THEN, JSON.stringify(order.map((each) => each.id)));
  document.querySelector("[data-triage]")?.setAttribute("aria-busy", "true");
}

function goOn(): void {
  const ids: unknown = JSON.parse(sessionStorage.getItem(THEN) ?? "[]");
  sessionStorage.removeItem(THEN);
  const there = (Array.isArray(ids) ? ids : []).map((id) => document.getElementById(String(id)));
  if (!document.querySelector('[aria-invalid="true"]')) {
    stand(there.find((each) => each !== null) ?? null);
  }
}

function stand(request: HTMLElement | null | undefined): void {
  request?.focus({ preventScroll: true });
  request?.scrollIntoView({ block: "nearest" });
}

function current(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-request]") ?? null;
}

function requests(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-request]")];
}

function inField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}
