import { actionTests } from "./actions.ts";
import { lifeCycleTests } from "./life-cycle.ts";
import { limitTests } from "./limits.ts";
import { rejectionTests } from "./rejections.ts";
import { streamingTests } from "./streaming.ts";
import type { Target } from "./target.ts";

/** Everything that a client can rely on, on any stack. */
export function endToEndTests(target: Target): void {
  actionTests(target);
  streamingTests(target);
  rejectionTests(target);
  limitTests(target);
  lifeCycleTests(target);
}
