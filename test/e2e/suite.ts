import { actionTests } from "./actions.ts";
import { lifeCycleTests } from "./life-cycle.ts";
import { limitTests } from "./limits.ts";
import { loadTests } from "./load.ts";
import { rejectionTests } from "./rejections.ts";
import type { Target } from "./target.ts";

/**
 * Everything that a client can rely on, on any stack.
 * @param options.messages of each of 50 connections under load. Default: 40.
 */
export function endToEndTests(target: Target, { messages = 40 } = {}): void {
  actionTests(target);
  rejectionTests(target);
  limitTests(target);
  lifeCycleTests(target);
  loadTests(target, messages);
}
