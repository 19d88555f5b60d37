import { csrfToken } from "../shared/data.ts";

/** The door is closed to us: `message` says why, in the server's words. */
export class Refused extends Error {}

/** Gets another ticket. Throws `Refused` when asking again is no use, any other error when it may be. */
export async function newTicket(url: string): Promise<string> {
  const headers = { Accept: "application/json", "X-CSRF-Token": csrfToken() ?? "" };
  const response = await fetch(url, { method: "POST", headers });
  if (response.status >= 400 && response.status < 500 && response.status !== 429) {
    throw new Refused(await reason(response));
  }
  if (!response.ok) {
    throw new Error(`No ticket: the server answered ${response.status}`);
  }
  return ((await response.json()) as { ticket: string }).ticket;
}

async function reason(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { detail?: string };
    return problem.detail ?? "";
  } catch {
    return "";
  }
}
