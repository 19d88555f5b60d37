/** Buttons that copy an address or a password; without JavaScript people select it themselves. */
export function startCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => void copy(button));
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const shown = document.getElementById(button.dataset.copy ?? "");
  await navigator.clipboard.writeText(shown?.textContent ?? "");
  button.textContent = button.dataset.copied ?? "";
}
