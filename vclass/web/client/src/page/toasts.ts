const SHOWN_MS = 8000;

/**
 * Lets toasts go after eight seconds, except under the pointer or the focus. A toast stands in `.toasts` when
 * the page comes, or the server sends one with the answer's header `HX-Trigger: {"toast": "Lesson moved"}`.
 */
export function startToasts(): void {
  document.querySelectorAll<HTMLElement>(".toasts > .toast").forEach(expire);
  document.addEventListener("toast", (event) => {
    const text = (event as CustomEvent<{ value?: unknown }>).detail?.value;
    if (typeof text === "string") {
      add(text);
    }
  });
}

function add(text: string): void {
  const toast = document.createElement("div");
  const words = document.createElement("span");
  words.textContent = text;
  toast.className = "toast";
  toast.append(words);
  box().append(toast);
  expire(toast);
}

function expire(toast: HTMLElement): void {
  window.setTimeout(() => (toast.matches(":hover, :focus-within") ? expire(toast) : toast.remove()), SHOWN_MS);
}

function box(): HTMLElement {
  const found = document.querySelector<HTMLElement>(".toasts");
  if (found) {
    return found;
  }
  const created = document.createElement("div");
  created.className = "toasts";
  created.setAttribute("aria-live", "polite");
  document.body.append(created);
  return created;
}
