import { describe, expect, test } from "vitest";
import { AwsError } from "../protocols/aws-error.ts";
import { checkDashboardBody } from "./dashboard-body.ts";

/** The faults of a body, each with its path. */
function faultsOf(body: unknown): string[] {
  try {
    checkDashboardBody(JSON.stringify(body));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const faults: { dataPath: string; message: string }[] = JSON.parse(
      error.message.slice(error.message.indexOf("\n")),
    );
    return faults.map(({ dataPath, message }) => `${dataPath}: ${message}`);
  }
  return [];
}

const textWidget = (more: object = {}) => ({
  widgets: [{ type: "text", properties: { markdown: "x" }, ...more }],
});
const ofType = (type: string, properties: object) => ({ widgets: [{ type, properties }] });

// What AWS returned: https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/cloudwatch/dashboards.json
describe("a body is rejected with AWS's faults", () => {
  test.each<[object, string[]]>([
    [{}, [": Should have required property 'widgets'"]],
    [{ widgets: {} }, ["/widgets: Should be array"]],
    [{ widgets: [1] }, ["/widgets/0: Should be object"]],
    [{ widgets: [], variables: {} }, ["/variables: Should be array"]],
    [
      { widgets: [{ properties: { markdown: "x" } }] },
      ["/widgets/0: Should have required property 'type'"],
    ],
    [{ widgets: [{ type: "text" }] }, ["/widgets/0: Should have required property 'properties'"]],
    [ofType("text", []), ["/widgets/0/properties: Should be object"]],
    [ofType("text", {}), ["/widgets/0/properties: Should have required property 'markdown'"]],
    [ofType("text", { markdown: 3 }), ["/widgets/0/properties/markdown: Should be string"]],
    [textWidget({ x: 1 }), ["/widgets/0: Should have property y when property x is present"]],
    [
      textWidget({ x: -1, y: -1 }),
      ["/widgets/0/x: Should be >= 0", "/widgets/0/y: Should be >= 0"],
    ],
    [textWidget({ x: 24, y: 0 }), ["/widgets/0/x: Should be <= 23"]],
    [textWidget({ x: 0.5, y: 0 }), ["/widgets/0/x: Should be integer"]],
    [
      textWidget({ width: 25, height: 1001 }),
      ["/widgets/0/height: Should be <= 1000", "/widgets/0/width: Should be <= 24"],
    ],
    [
      ofType("metric", { metrics: [["AWS/EC2", "CPUUtilization"]] }),
      [
        "/widgets/0/properties: Should have required property 'region'",
        "/widgets/0/properties: The metric widget should have specified a region and a data source or an alarm annotation",
        "/widgets/0/properties: Should have required property 'annotations'",
      ],
    ],
    [
      ofType("metric", { region: "us-west-2", metrics: ["AWS/EC2"] }),
      [
        "/widgets/0/properties/metrics/0: Should be array",
        '/widgets/0/properties/metrics/0: Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element',
      ],
    ],
    [
      ofType("metric", { region: "us-west-2", metrics: [], stat: "Bogus", period: 7 }),
      [
        "/widgets/0/properties/period: Should be >= 60",
        "/widgets/0/properties/period: Should be multiple of 60",
        "/widgets/0/properties/period: Should match exactly one schema in oneOf",
        expect.stringMatching(
          /^\/widgets\/0\/properties\/stat: Should match pattern "\^\(\(SampleCount\|.*\)\)\)\$"$/,
        ),
      ],
    ],
    [ofType("alarm", {}), ["/widgets/0/properties: Should have required property 'alarms'"]],
    [
      ofType("alarm", { alarms: [] }),
      ["/widgets/0/properties/alarms: Should NOT have less than 1 items"],
    ],
    [ofType("custom", {}), ["/widgets/0/properties: Should have required property 'endpoint'"]],
  ])("%j", (body, faults) => {
    expect(faultsOf(body)).toEqual(faults);
  });
});

test("a body comes back as AWS prints it, with warnings in order", () => {
  const body = String.raw` {
  "widgets" : [ { "type" : "text", "properties" : {"markdown":"café \u2603", "future": {"n": 1}}, "later": true } ],
 "root": [1, {"flag":true}]
}
`;
  expect(checkDashboardBody(body)).toEqual({
    printed:
      '{"widgets":[{"type":"text","properties":{"markdown":"café ☃","future":{"n":1}},"later":true}],"root":[1,{"flag":true}]}',
    warnings: [
      { dataPath: "", message: 'The "root" property is not expected, will be ignored' },
      {
        dataPath: "/widgets/0",
        message:
          'The "later" property is not expected to be part of a widget definition, will be ignored',
      },
      {
        dataPath: "/widgets/0/properties",
        message:
          'The "future" property is not expected to be part of a widget definition, will be ignored',
      },
    ],
  });
});

test.each<[object, string, string]>([
  [
    ofType("future-widget", {}),
    "/widgets/0/type",
    "The specified widget type is unknown. Use one of the allowed values: chart,custom,metric,service,text,log,alarm,explorer,timeline,serviceMap,serviceTable,trace",
  ],
  [
    { widgets: [], periodOverride: "bogus" },
    "/periodOverride",
    'Should match pattern "^(inherit|auto)$"',
  ],
  [{ widgets: [], periodOverride: 1 }, "/periodOverride", "Should be string"],
  [
    ofType("text", { markdown: "x", background: "bogus" }),
    "/widgets/0/properties/background",
    'The value of "background" property is not valid. Should be equal to one of the allowed values: solid,transparent',
  ],
])("%j is accepted with a warning", (body, dataPath, message) => {
  expect(checkDashboardBody(JSON.stringify(body)).warnings).toEqual([{ dataPath, message }]);
});
