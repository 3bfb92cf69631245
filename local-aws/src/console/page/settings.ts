import type { Settings } from "../settings.ts";

/** Fetches the settings. Each response contains a new token. */
export async function loadSettings(): Promise<Settings> {
  const response = await fetch("/_local/console/settings");
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Settings;
}
