import { actionTests } from "./actions.ts";
import { lifeCycleTests } from "./life-cycle.ts";
import { limitTests } from "./limits.ts";
import { loadTests } from "./load.ts";
import { rejectionTests } from "./rejections.ts";
import type { Target } from "./target.ts";

/** Everything that a client of a stack can rely on, whoever made the stack and wherever it runs. */
export function endToEndTests(target: Target): void {
  actionTests(target);
  rejectionTests(target);
  limitTests(target);
  lifeCycleTests(target);
  loadTests(target);
}
