import { actionTests } from "./actions.ts";
import { lifeCycleTests } from "./life-cycle.ts";
import { limitTests } from "./limits.ts";
import { rejectionTests } from "./rejections.ts";
import { streamingTests } from "./streaming.ts";
import type { Target } from "./target.ts";

/** The tests of the protocol, for any stack. */
export function endToEndTests(target: Target): void {
  actionTests(target);
  streamingTests(target);
  rejectionTests(target);
  limitTests(target);
  lifeCycleTests(target);
}
