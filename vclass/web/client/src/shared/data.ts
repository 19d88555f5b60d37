// Data blocks are `<script type="application/json">`: nothing in them runs, so the page's policy allows them.

/** What the server wrote into the data block of that id; null when the page has none. */
export function readData<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}

/** The token that unsafe requests must carry, from `<meta name="csrf">`. */
export function csrfToken(): string | null {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? null;
}
