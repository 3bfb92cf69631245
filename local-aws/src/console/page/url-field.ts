import type { ApiOverview } from "../../trace/types.ts";
import { byId, element } from "./dom.ts";
import { patch } from "./patch.ts";
import { type ListedStage, listStages, stageAt } from "./stage-list.ts";

export interface UrlField {
  readonly value: string;
  /**
   * Lists the stages, by default those of the last call. Fills in the URL of the first if the field has
   * neither the URL of a stage nor one that the user typed, and if there is no connection.
   */
  update(apis?: readonly ApiOverview[]): void;
}

/** Creates the field for the URL, and the list of stages, which fills it in. */
export function createUrlField(options: {
  /** Returns whether there is a connection or an attempt to connect. */
  isInUse(): boolean;
  /** Called after the user has chosen a stage. */
  onChosen(): void;
  /** Called with the stage of the URL, or with undefined if the URL is not of a stage. */
  onStage(stage: ListedStage | undefined): void;
}): UrlField {
  const { isInUse, onChosen, onStage } = options;
  const field = byId("url", HTMLInputElement);
  const select = byId("stage", HTMLSelectElement);
  let listed: ListedStage[] | undefined;
  let filled = "";

  const fill = (url: string) => {
    field.value = filled = url;
  };
  const show = () => {
    field.title = field.value;
    if (listed === undefined) return;
    const current = stageAt(listed, field.value);
    byId("stage-field", HTMLElement).hidden = listed.length < 2;
    byId("no-stage", HTMLElement).hidden = field.value !== "" || listed.some(({ stage }) => stage);
    patch(select, [...(current ? [] : [OTHER()]), ...listed.map(optionOf)]);
    const value = current?.stage?.url ?? "";
    if (select.value !== value) select.value = value;
    onStage(current);
  };

  field.addEventListener("input", show);
  select.addEventListener("change", () => {
    fill(select.value);
    show();
    onChosen();
  });
  return {
    get value() {
      return field.value;
    },
    update(apis) {
      if (apis !== undefined) listed = listStages(apis);
      const urls = (listed ?? []).flatMap(({ stage }) => stage?.url ?? []);
      const isFilled = field.value === filled;
      if (isFilled && !isInUse() && !urls.includes(filled)) fill(urls[0] ?? "");
      show();
    },
  };
}

const OTHER = () => element("option", { text: "another URL", attributes: { value: "" } });

const optionOf = ({ title, stage }: ListedStage) =>
  element("option", {
    text: title,
    data: { key: stage?.url ?? title },
    attributes: { value: stage?.url ?? title, ...(stage === undefined && { disabled: "" }) },
  });
