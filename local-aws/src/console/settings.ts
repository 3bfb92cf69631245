import { stageUrl } from "../execute-api-url.ts";
import type { State } from "../state.ts";

/** What the console's forms begin with. */
export interface Settings {
  /** Of the first WebSocket API there is; null where there is none yet. */
  url: string | null;
  /** null: the stack wants none. */
  token: string | null;
}

/** @param endpoint `http://localhost:4566` */
export function firstUrl(state: State, endpoint: string): string | null {
  for (const { apigateway } of Object.values(state.regions))
    for (const { apiId, stages } of Object.values(apigateway.apis)) {
      const [stage] = Object.keys(stages);
      if (stage !== undefined) return stageUrl(endpoint, apiId, stage);
    }
  return null;
}
