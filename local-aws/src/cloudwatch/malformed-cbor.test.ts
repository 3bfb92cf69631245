import { cbor } from "@smithy/core/cbor";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { permissiveIam } from "../iam/testing.ts";
import { createManualClock } from "../manual-clock.ts";
import { decodeCbor } from "../protocols/cbor/decode.ts";
import { awsRequest } from "../protocols/testing.ts";
import { emptyState } from "../state.ts";
import { createCloudWatch } from "./index.ts";

const operations =
  "PutMetricAlarm DescribeAlarms DeleteAlarms PutDashboard GetDashboard ListDashboards DeleteDashboards TagResource UntagResource ListTagsForResource";
const members =
  "AlarmName AlarmNames AlarmTypes AlarmActions ActionsEnabled ComparisonOperator Dimensions EvaluationPeriods MaxRecords MetricName Metrics Namespace NextToken Period Statistic Threshold Tags TagKeys ResourceARN DashboardName DashboardNames DashboardBody __proto__";

/** Generates a value of a member, of any type that CBOR has. */
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      "a",
      "",
      "Sum",
      "GreaterThanThreshold",
      "{}",
      null,
      true,
      60,
      1,
      -1,
      Number.NaN,
    ),
    fc.double(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 3 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("Key", "Value", "Name", "Id", "Expression"), tie("value"), {
      noNullPrototype: true,
    }),
  ),
})).value;

const input = fc
  .dictionary(fc.constantFrom(...members.split(" ")), value, { noNullPrototype: true })
  .map((each) => Buffer.from(cbor.serialize(each)));

/** Generates CBOR in which some bytes were changed, or the last bytes were removed. */
const damaged = fc
  .tuple(input, fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 }), fc.nat(80))
  .map(([bytes, changes, length]) => {
    for (const [index, byte] of changes) if (index < bytes.length) bytes[index] = byte;
    return bytes.subarray(0, length);
  });

test("any body gets a response in CBOR that is not an internal error", async () => {
  expect.hasAssertions();
  const { service } = createCloudWatch({
    state: emptyState(),
    clock: createManualClock(),
    iam: permissiveIam,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operations.split(" ")),
      fc.oneof(input, damaged),
      async (operation, body) => {
        const {
          status,
          headers,
          body: responseBody = "",
        } = await service(
          awsRequest({
            path: `/service/GraniteServiceVersion20100801/operation/${operation}`,
            headers: { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" },
            body,
          }),
        );
        expect([200, 400, 404, 501]).toContain(status);
        expect(headers).toMatchObject({ "smithy-protocol": "rpc-v2-cbor" });
        expect(
          responseBody.length === 0 || typeof decodeCbor(Buffer.from(responseBody)) === "object",
        ).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});
