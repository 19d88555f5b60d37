import htmx from "htmx.org";

import { csrfToken } from "../shared/data.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

interface Request {
  readonly method: string;
  readonly headers: Record<string, string>;
}

interface Security {
  initSecurity(policy: unknown, synchronous: () => never, asynchronous: () => never): void;
}

/** Sets htmx up for a page without eval and with a token on every unsafe request. */
export function setUpHtmx(): void {
  htmx.registerExtension("strict", { init: forbidCode });
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = (event as CustomEvent<{ ctx: { request: Request } }>).detail.ctx;
    const token = csrfToken();
    if (token && !SAFE.has(request.method.toUpperCase())) {
      request.headers["X-CSRF-Token"] = token;
    }
  });
}

/** Attributes with code in them (`hx-on`, `js:`, filters) do nothing; the policy "htmx" may write HTML. */
function forbidCode(htmxInternals: Security): void {
  const types = (window as unknown as { trustedTypes?: { createPolicy(name: string, rules: object): unknown } }).trustedTypes;
  const rules = { createHTML: (html: string) => html, createScript: refuse };
  htmxInternals.initSecurity(types?.createPolicy("htmx", rules) ?? rules, refuse, refuse);
}

function refuse(): never {
  throw new Error("This page runs no code from attributes.");
}
