import type { Settings } from "../settings.ts";

/** What the forms begin with; the token is a fresh one each time. */
export async function loadSettings(): Promise<Settings> {
  const response = await fetch("/_local/console/settings");
  return (await response.json()) as Settings;
}
