import { expect, test } from "vitest";
import { awsRequest } from "../protocols/testing.ts";
import { createManualClock } from "../manual-clock.ts";
import { timingNamed } from "../timing.ts";
import { createDelayedSettings } from "./delayed-settings.ts";
import { addFunction, PATIENTLY, startLambda, stateWithRole, type TestLambda } from "./testing.ts";

const SECOND = 1000;

const timing = timingNamed("aws");

const FAILS = "exports.handler = async () => { throw new Error('broken'); };";

const retries = (MaximumRetryAttempts: number) => ({
  MaximumRetryAttempts,
  DestinationConfig: {},
  LastModified: 0,
});

test("each of several changes takes effect after the delay", () => {
  const clock = createManualClock();
  const settings = createDelayedSettings({ clock, timing });
  const target = addFunction(stateWithRole(), "target", "");
  const inForce = () => settings.eventInvokeConfig.of(target)?.MaximumRetryAttempts;
  const change = (attempts: number | undefined) => {
    settings.eventInvokeConfig.changing(target);
    if (attempts === undefined) delete target.eventInvokeConfig;
    else target.eventInvokeConfig = retries(attempts);
  };

  change(2);
  clock.advance(20 * SECOND);
  change(1);
  clock.advance(20 * SECOND);
  change(undefined);
  expect(inForce()).toBeUndefined();
  clock.advance(20 * SECOND - 1);
  expect(inForce()).toBeUndefined();
  clock.advance(1);
  expect(inForce()).toBe(2);
  clock.advance(20 * SECOND);
  expect(inForce()).toBe(1);
  clock.advance(20 * SECOND);
  expect(inForce()).toBeUndefined();
});

test("without a delay, or with a new function, a setting takes effect at once", () => {
  const clock = createManualClock();
  const target = addFunction(stateWithRole(), "target", "", {
    DeadLetterConfig: { TargetArn: "a" },
  });
  const { deadLetterConfig } = createDelayedSettings({ clock, timing });
  expect(deadLetterConfig.of(target)).toEqual({ TargetArn: "a" });

  const settings = createDelayedSettings({ clock, timing: timingNamed("short") });
  settings.deadLetterConfig.changing(target);
  target.configuration.DeadLetterConfig = { TargetArn: "b" };
  expect(settings.deadLetterConfig.of(target)).toEqual({ TargetArn: "b" });
});

/** Calls Lambda's API. */
const put = (lambda: TestLambda, path: string, input: object) =>
  lambda.send(awsRequest({ method: "PUT", path, body: Buffer.from(JSON.stringify(input)) }));

test("the API returns a new setting at once, and failed events use it only after the delay", async () => {
  const clock = createManualClock();
  const slowest = { ...timing, eventInvokeConfig: 150 * SECOND, functionChange: SECOND };
  await using lambda = await startLambda({ clock, timing: slowest });
  const [oldLetters, oldFailures, newLetters, newFailures] = [
    lambda.addQueue("old-letters"),
    lambda.addQueue("old-failures"),
    lambda.addQueue("new-letters"),
    lambda.addQueue("new-failures"),
  ];
  const target = lambda.define("fails", FAILS, { DeadLetterConfig: { TargetArn: oldLetters } });
  const configOf = (Destination: string) => ({
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination } },
  });
  target.eventInvokeConfig = { ...configOf(oldFailures), LastModified: 0 };

  const eventConfig = "/2019-09-25/functions/fails/event-invoke-config";
  const changed = await put(lambda, eventConfig, configOf(newFailures));
  expect(changed.payload).toMatchObject({
    DestinationConfig: configOf(newFailures).DestinationConfig,
  });
  const configuration = "/2015-03-31/functions/fails/configuration";
  const DeadLetterConfig = { TargetArn: newLetters };
  expect((await put(lambda, configuration, { DeadLetterConfig })).payload).toMatchObject({
    DeadLetterConfig,
  });

  const failsInto = async (letters: string, failures: string) => {
    await lambda.invokeAsync("fails", { at: clock.now() });
    for (const name of [letters, failures]) {
      const bodies = async () => (await lambda.received(name)).map(({ Body }) => Body).join();
      await expect.poll(bodies, PATIENTLY).toContain(`"at":${clock.now()}`);
    }
  };
  await failsInto("old-letters", "old-failures");
  clock.advance(60 * SECOND);
  await failsInto("new-letters", "old-failures");
  clock.advance(90 * SECOND);
  await failsInto("new-letters", "new-failures");
});
