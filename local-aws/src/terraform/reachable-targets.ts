import type { Session } from "./session.ts";
export async function reachableTargets(
  _session: Session,
  _v: readonly string[],
): Promise<string[]> {
  return [];
}
