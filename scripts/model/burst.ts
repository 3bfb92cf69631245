import { createEnvironments } from "./environments.ts";
import type { Inputs } from "./inputs.ts";
import * as quotas from "./quotas.ts";
import { createRandom } from "./random.ts";
import { readTerraformDefaults } from "./terraform-defaults.ts";
import { createTimeline } from "./timeline.ts";
import { createTokenBucket } from "./token-bucket.ts";

/** What became of a burst. The first five add up to the messages sent. */
export interface BurstResult {
  answered: number;
  /** Refused by API Gateway, for the stage's rate or the account's. */
  throttled: number;
  /** "Internal server error": Lambda had no environment for the websocket-handler. */
  refused: number;
  /** Waited for a processor until they were too old: `PROCESSING_FAILED`. */
  expired: number;
  /** The answer itself was throttled three times. */
  unanswered: number;
  /** Milliseconds from a message to its answer; 0 where there was none. */
  median: number;
  p99: number;
  /** Milliseconds from the first message to the last answer. */
  last: number;
  peakHandlers: number;
  peakProcessors: number;
  coldStarts: number;
}

/** As the functions' SDK clients are set: attempts, and the base of their back-off in milliseconds. */
const ATTEMPTS = 3;
const RETRY_BASE = 500;

/** Milliseconds between two looks for room when a waiting job was throttled. AWS's are longer. */
const QUEUE_INTERVAL = 10;

/**
 * Sends messages, evenly over `seconds` or all at once, to a stack where nothing is warm. The
 * asynchronous queue runs in order and looks for room at once, which flatters AWS: there, a
 * throttled job waits from a second up to five minutes.
 * @param spread how far durations vary around their mean: 0.5 is half up and down.
 */
export function simulateBurst(messages: number, inputs: Inputs, spread = 0.5): BurstResult {
  const timeline = createTimeline();
  const random = createRandom(inputs.seed);
  const stage = createTokenBucket(inputs["throttling-rate"], inputs["throttling-burst"]);
  const account = createTokenBucket(inputs["account-rate"], quotas.ACCOUNT_BURST);
  // Reserved concurrency is the processor's alone, and all that it gets.
  const reserved = inputs["processor-concurrency"];
  const shared = { busy: 0, quota: inputs.concurrency - reserved };
  const handlers = createEnvironments(shared);
  const processors = createEnvironments(reserved === 0 ? shared : { busy: 0, quota: reserved });
  const maximumAge = readTerraformDefaults().eventAge * 1000;
  const waits: number[] = [];
  const result = { throttled: 0, refused: 0, expired: 0, unanswered: 0, coldStarts: 0, last: 0 };

  const duration = (mean: number, cold: boolean) => {
    if (cold) result.coldStarts += 1;
    return mean * (1 + spread * (2 * random() - 1)) + (cold ? inputs["cold-start-ms"] : 0);
  };

  const queue: { sentAt: number; queuedAt: number }[] = [];
  let next = 0;
  let looking = false;
  const drain = () => {
    for (let job = queue[next]; job !== undefined; job = queue[next]) {
      if (timeline.now() - job.queuedAt > maximumAge) {
        result.expired += 1;
        next += 1;
        continue;
      }
      const environment = processors.acquire(timeline.now());
      if (environment === undefined) break;
      next += 1;
      const { sentAt } = job;
      timeline.after(duration(inputs["processor-ms"], environment.cold), () => answer(sentAt, 1));
    }
    if (next < queue.length && !looking) {
      looking = true;
      timeline.after(QUEUE_INTERVAL, () => {
        looking = false;
        drain();
      });
    }
  };

  const answer = (sentAt: number, attempt: number) => {
    if (account.take(timeline.now())) {
      waits.push(timeline.now() - sentAt);
      result.last = timeline.now();
    } else if (attempt < ATTEMPTS) {
      const delay = random() * RETRY_BASE * 2 ** (attempt - 1);
      timeline.after(delay, () => answer(sentAt, attempt + 1));
      return;
    } else {
      result.unanswered += 1;
    }
    processors.release();
    drain();
  };

  const receive = () => {
    const sentAt = timeline.now();
    if (!stage.take(sentAt) || !account.take(sentAt)) {
      result.throttled += 1;
      return;
    }
    const environment = handlers.acquire(sentAt);
    if (environment === undefined) {
      result.refused += 1;
      return;
    }
    timeline.after(duration(inputs["handler-ms"], environment.cold), () => {
      handlers.release();
      queue.push({ sentAt, queuedAt: timeline.now() });
      drain();
    });
  };

  for (let message = 0; message < messages; message += 1)
    timeline.after((message / messages) * inputs.seconds * 1000, receive);
  timeline.run(Infinity);

  waits.sort((a, b) => a - b);
  const quantile = (share: number) => waits[Math.ceil(share * waits.length) - 1] ?? 0;
  return {
    ...result,
    answered: waits.length,
    median: quantile(0.5),
    p99: quantile(0.99),
    peakHandlers: handlers.peak,
    peakProcessors: processors.peak,
  };
}
