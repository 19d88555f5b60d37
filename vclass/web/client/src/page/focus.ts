interface Swap {
  readonly ctx: { readonly target?: Element | null };
}

/** Puts the focus where reading goes on: on the first wrong field, else on `main` when a whole page came. */
export function startFocus(): void {
  focusWrongField(document);
  document.addEventListener("htmx:after:swap", (event) => {
    const target = (event as CustomEvent<Swap>).detail.ctx.target;
    if (!focusWrongField(target?.isConnected ? target : document) && target?.matches("body, main")) {
      document.querySelector<HTMLElement>("main")?.focus();
    }
  });
}

function focusWrongField(root: ParentNode): boolean {
  const field = root.querySelector<HTMLElement>('[aria-invalid="true"]');
  field?.focus();
  return field !== null;
}
