/** `[data-dialog="ID"]` opens that `<dialog>`, `[data-close]` closes the one it stands in; Escape is the browser's. */
export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest<HTMLElement>("[data-dialog]");
    if (opener) {
      event.preventDefault();
      open(opener.dataset.dialog ?? "");
    }
    if (target?.closest("[data-close]")) {
      event.preventDefault();
      target.closest("dialog")?.close();
    }
  });
}

function open(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) {
    dialog.showModal();
  }
}
