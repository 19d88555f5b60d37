interface Swap {
  readonly ctx: { readonly target?: Element | null; readonly sourceEvent?: Event | null };
}

/** Puts the focus on the first wrong field after sending a form, and on `main` when a whole page came. */
export function startFocus(): void {
  focusWrongField(document);
  document.addEventListener("htmx:after:swap", (event) => {
    const { target, sourceEvent } = (event as CustomEvent<Swap>).detail.ctx;
    const submitted = sourceEvent?.type === "submit";
    if (submitted && focusWrongField(target?.isConnected ? target : document)) {
      return;
    }
    if (target?.matches("body, main")) {
      document.querySelector<HTMLElement>("main")?.focus();
    }
  });
}

function focusWrongField(root: ParentNode): boolean {
  const field = root.querySelector<HTMLElement>('[aria-invalid="true"]');
  field?.focus();
  return field !== null;
}
