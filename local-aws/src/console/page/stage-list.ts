import type { ApiOverview, StageOverview } from "../../trace/types.ts";

/** A stage, or an API without a stage, with the title that the page shows. */
export interface ListedStage {
  /** `chat / production`, with the ID of the API if another API has the same name. */
  title: string;
  /** Undefined if the API has no stage. */
  stage: StageOverview | undefined;
}

/** Returns an entry for each stage of all APIs, and one for each API without a stage. */
export function listStages(apis: readonly ApiOverview[]): ListedStage[] {
  const isOnly = (name: string) => apis.filter((api) => api.name === name).length === 1;
  return apis.flatMap(({ apiId, name, stages }): ListedStage[] => {
    const api = isOnly(name) ? name : `${name} (${apiId})`;
    if (stages.length === 0) return [{ title: `${api}: no stage`, stage: undefined }];
    return stages.map((stage) => ({ title: `${api} / ${stage.name}`, stage }));
  });
}

/**
 * Returns the stage that a URL connects to, or undefined if there is none. The query is ignored.
 */
export const stageAt = (listed: readonly ListedStage[], url: string): ListedStage | undefined =>
  listed.find(({ stage }) => stage?.url === url.split("?", 1)[0]);
