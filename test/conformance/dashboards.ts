import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { captured } from "./sources.ts";

const EMPTY = '{"widgets":[]}';

const put = ({ cloudwatch }: Account, body: unknown, DashboardName = uniqueName()) =>
  cloudwatch.putDashboard({
    DashboardName,
    DashboardBody: typeof body === "string" ? body : JSON.stringify(body),
  });

/** A client in another region than the account's. */
const elsewhere = async (account: Account) =>
  new CloudWatch({
    endpoint: (await account.localAws()).endpoint,
    region: "us-west-2",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

const textWidget = (more: object = {}) => ({
  widgets: [{ type: "text", properties: { markdown: "x" }, ...more }],
});

const ofType = (type: string, properties: object) => ({ widgets: [{ type, properties }] });

const METRIC_ROW =
  'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element';

/** Bodies that AWS rejects, with the path and the text of each error. */
const rejected: Record<string, { body: object; errors: [path: string, message: unknown][] }> = {
  "without widgets": { body: {}, errors: [["", "Should have required property 'widgets'"]] },
  "whose widgets are null": {
    body: { widgets: null },
    errors: [["/widgets", "Should be array"]],
  },
  "whose widget is a number": {
    body: { widgets: [1] },
    errors: [["/widgets/0", "Should be object"]],
  },
  "whose variables are an object": {
    body: { widgets: [], variables: {} },
    errors: [["/variables", "Should be array"]],
  },
  "whose widget has no type": {
    body: { widgets: [{ properties: { markdown: "x" } }] },
    errors: [["/widgets/0", "Should have required property 'type'"]],
  },
  "whose widget has no properties": {
    body: { widgets: [{ type: "text" }] },
    errors: [["/widgets/0", "Should have required property 'properties'"]],
  },
  "whose properties are a list": {
    body: ofType("text", []),
    errors: [["/widgets/0/properties", "Should be object"]],
  },
  "whose text has no markdown": {
    body: ofType("text", {}),
    errors: [["/widgets/0/properties", "Should have required property 'markdown'"]],
  },
  "whose markdown is a number": {
    body: ofType("text", { markdown: 3 }),
    errors: [["/widgets/0/properties/markdown", "Should be string"]],
  },
  "whose widget has x without y": {
    body: textWidget({ x: 1 }),
    errors: [["/widgets/0", "Should have property y when property x is present"]],
  },
  "whose widget has a negative position": {
    body: textWidget({ x: -1, y: -1 }),
    errors: [
      ["/widgets/0/x", "Should be >= 0"],
      ["/widgets/0/y", "Should be >= 0"],
    ],
  },
  "whose widget is right of the last column": {
    body: textWidget({ x: 24, y: 0 }),
    errors: [["/widgets/0/x", "Should be <= 23"]],
  },
  "whose widget is between two columns": {
    body: textWidget({ x: 0.5, y: 0 }),
    errors: [["/widgets/0/x", "Should be integer"]],
  },
  "whose widget is too large": {
    body: textWidget({ width: 25, height: 1001 }),
    errors: [
      ["/widgets/0/height", "Should be <= 1000"],
      ["/widgets/0/width", "Should be <= 24"],
    ],
  },
  "whose metrics have no region": {
    body: ofType("metric", { metrics: [["AWS/EC2", "CPUUtilization"]] }),
    errors: [
      ["/widgets/0/properties", "Should have required property 'region'"],
      [
        "/widgets/0/properties",
        "The metric widget should have specified a region and a data source or an alarm annotation",
      ],
      ["/widgets/0/properties", "Should have required property 'annotations'"],
    ],
  },
  "whose metrics are texts": {
    body: ofType("metric", { region: "us-west-2", metrics: ["AWS/EC2"] }),
    errors: [
      ["/widgets/0/properties/metrics/0", "Should be array"],
      ["/widgets/0/properties/metrics/0", METRIC_ROW],
    ],
  },
  "with an unknown statistic and period": {
    body: ofType("metric", { region: "us-west-2", metrics: [], stat: "Bogus", period: 7 }),
    errors: [
      ["/widgets/0/properties/period", "Should be >= 60"],
      ["/widgets/0/properties/period", "Should be multiple of 60"],
      ["/widgets/0/properties/period", "Should match exactly one schema in oneOf"],
      [
        "/widgets/0/properties/stat",
        expect.stringMatching(/^Should match pattern "\^\(\(SampleCount\|.*\)\)\)\$"$/),
      ],
    ],
  },
  "whose alarm widget has no alarms": {
    body: ofType("alarm", {}),
    errors: [["/widgets/0/properties", "Should have required property 'alarms'"]],
  },
  "whose alarm widget has an empty list of alarms": {
    body: ofType("alarm", { alarms: [] }),
    errors: [["/widgets/0/properties/alarms", "Should NOT have less than 1 items"]],
  },
  "whose custom widget has no function": {
    body: ofType("custom", {}),
    errors: [["/widgets/0/properties", "Should have required property 'endpoint'"]],
  },
};

/** Bodies that AWS accepts with a warning. */
const accepted: Record<string, { body: object; path: string; message: string }> = {
  "with a widget of an unknown type": {
    body: ofType("future-widget", {}),
    path: "/widgets/0/type",
    message:
      "The specified widget type is unknown. Use one of the allowed values: chart,custom,metric,service,text,log,alarm,explorer,timeline,serviceMap,serviceTable,trace",
  },
  "with an unknown periodOverride": {
    body: { widgets: [], periodOverride: "bogus" },
    path: "/periodOverride",
    message: 'Should match pattern "^(inherit|auto)$"',
  },
  "whose periodOverride is a number": {
    body: { widgets: [], periodOverride: 1 },
    path: "/periodOverride",
    message: "Should be string",
  },
  "with an unknown background": {
    body: ofType("text", { markdown: "x", background: "bogus" }),
    path: "/widgets/0/properties/background",
    message:
      'The value of "background" property is not valid. Should be equal to one of the allowed values: solid,transparent',
  },
};

async function expectRejected(
  account: Account,
  { body, errors }: { body: object; errors: [path: string, message: unknown][] },
) {
  const { name, message } = await refusalOf(put(account, body));
  expect(name).toBe("DashboardInvalidInputError");
  const introduction = `The dashboard body is invalid, there are ${errors.length} validation errors:\n`;
  expect(message.slice(0, introduction.length)).toBe(introduction);
  const json = message.slice(introduction.length);
  expect(JSON.parse(json)).toEqual(errors.map(([dataPath, text]) => ({ dataPath, message: text })));
  expect(json).toBe(JSON.stringify(JSON.parse(json), null, 2));
}

async function expectWarning(
  account: Account,
  { body, path, message }: { body: object; path: string; message: string },
) {
  const { DashboardValidationMessages } = await put(account, body);
  expect(DashboardValidationMessages).toEqual([{ DataPath: path, Message: message }]);
}

const bodies = Object.entries(rejected).map(([name, row]): Behavior => ({
  behavior: `a dashboard body ${name} is rejected with its errors as JSON`,
  basis: "capture",
  source: captured.dashboardWidgets,
  check: ({ account }) => expectRejected(account, row),
}));

const warnings = Object.entries(accepted).map(([name, row]): Behavior => ({
  behavior: `a dashboard body ${name} is accepted with a warning`,
  basis: "capture",
  source: captured.dashboardWidgets,
  check: ({ account }) => expectWarning(account, row),
}));

/** Dashboards. */
export const dashboards: Behavior[] = [
  {
    behavior: "a dashboard belongs to the account, so every region reads, replaces and deletes it",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account }) => {
      const other = await elsewhere(account);
      const DashboardName = uniqueName();
      await put(account, EMPTY, DashboardName);
      const body = JSON.stringify(textWidget());
      await other.putDashboard({ DashboardName, DashboardBody: body });
      const read = await account.cloudwatch.getDashboard({ DashboardName });
      expect(read.DashboardBody).toBe(body);
      const list = { DashboardNamePrefix: DashboardName };
      expect((await other.listDashboards(list)).DashboardEntries).toMatchObject([
        { DashboardName },
      ]);
      await other.deleteDashboards({ DashboardNames: [DashboardName] });
      expect(await refusalOf(account.cloudwatch.getDashboard({ DashboardName }))).toMatchObject({
        message: `Dashboard ${DashboardName} does not exist`,
        status: 404,
      });
    },
  },
  {
    behavior:
      "GetDashboard prints the body without spaces and escapes; PutDashboard warns in order",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account }) => {
      const DashboardName = uniqueName();
      const body = String.raw` {
  "widgets" : [ { "type" : "text", "properties" : {"markdown":"café \u2603", "future": {"n": 1}}, "later": true } ],
 "root": [1, {"flag":true}]
}
`;
      const { DashboardValidationMessages } = await put(account, body, DashboardName);
      const inWidget = (name: string) =>
        `The "${name}" property is not expected to be part of a widget definition, will be ignored`;
      expect(DashboardValidationMessages).toEqual([
        { DataPath: "", Message: 'The "root" property is not expected, will be ignored' },
        { DataPath: "/widgets/0", Message: inWidget("later") },
        { DataPath: "/widgets/0/properties", Message: inWidget("future") },
      ]);
      const { DashboardBody } = await account.cloudwatch.getDashboard({ DashboardName });
      expect(DashboardBody).toBe(
        '{"widgets":[{"type":"text","properties":{"markdown":"café ☃","future":{"n":1}},"later":true}],"root":[1,{"flag":true}]}',
      );
    },
  },
  {
    behavior: "the size of a dashboard is that of its body and of what AWS stores with it",
    basis: "capture",
    source: captured.dashboardSize,
    check: async ({ account }) => {
      const { cloudwatch, id } = account;
      const DashboardName = uniqueName();
      const ResourceARN = `arn:aws:cloudwatch::${id}:dashboard/${DashboardName}`;
      const sizeOf = async () => {
        const list = await cloudwatch.listDashboards({ DashboardNamePrefix: DashboardName });
        return list.DashboardEntries?.[0]?.Size;
      };
      await put(account, EMPTY, DashboardName);
      expect(await sizeOf()).toBe(51);
      await cloudwatch.tagResource({
        ResourceARN,
        Tags: [{ Key: "owned", Value: "size-control" }],
      });
      expect(await sizeOf()).toBe(232);
      await cloudwatch.untagResource({ ResourceARN, TagKeys: ["owned"] });
      expect(await sizeOf()).toBe(200);
      await put(account, textWidget(), DashboardName);
      expect(await sizeOf()).toBe(245);
    },
  },
  {
    behavior:
      "the tags of a dashboard are those of its creation; PutDashboard does not change them",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account: { cloudwatch, id } }) => {
      const DashboardName = uniqueName();
      for (const Value of ["created", "updated"])
        await cloudwatch.putDashboard({
          DashboardName,
          DashboardBody: EMPTY,
          Tags: [{ Key: "owned", Value }],
        });
      const ResourceARN = `arn:aws:cloudwatch::${id}:dashboard/${DashboardName}`;
      const { Tags } = await cloudwatch.listTagsForResource({ ResourceARN });
      expect(Tags).toEqual([{ Key: "owned", Value: "created" }]);
    },
  },
  {
    behavior: "ListDashboards refuses a token that is not of a page, and an empty one",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account: { cloudwatch } }) => {
      for (const NextToken of ["not-a-token", ""])
        expect(await refusalOf(cloudwatch.listDashboards({ NextToken }))).toMatchObject({
          message: "Invalid NextToken",
          status: 400,
        });
    },
  },
  {
    behavior: "a prefix of dashboards has the characters and the length of a name",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account: { cloudwatch } }) => {
      const refused = async (DashboardNamePrefix: string) =>
        await refusalOf(cloudwatch.listDashboards({ DashboardNamePrefix }));
      expect(await refused("a/")).toMatchObject({
        name: "InvalidParameterValueException",
        message:
          "The value for field DashboardNamePrefix contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n",
      });
      expect(await refused("x".repeat(256))).toMatchObject({
        name: "InvalidParameterValueException",
        message:
          "The value for field DashboardNamePrefix is too long. It must have length less than or equal to 255.\n",
      });
    },
  },
  {
    behavior: "DeleteDashboards deletes nothing if a name is not valid, and ignores missing ones",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account }) => {
      const { cloudwatch } = account;
      const DashboardName = uniqueName();
      await put(account, EMPTY, DashboardName);
      const invalid = cloudwatch.deleteDashboards({ DashboardNames: [DashboardName, "a/b"] });
      expect(await refusalOf(invalid)).toMatchObject({
        name: "InvalidParameterValueException",
        message:
          "The value for field DashboardNames[1] contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n",
      });
      const left = await cloudwatch.getDashboard({ DashboardName });
      expect(left.DashboardName).toBe(DashboardName);
      const names = [DashboardName, DashboardName, `${DashboardName}-missing`];
      await cloudwatch.deleteDashboards({ DashboardNames: names });
      await cloudwatch.deleteDashboards({ DashboardNames: names });
      const gone = cloudwatch.getDashboard({ DashboardName });
      expect(await refusalOf(gone)).toMatchObject({ status: 404 });
    },
  },
  {
    behavior: "a dashboard body that is not a JSON object is rejected, an empty one as missing",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account }) => {
      for (const body of ["{", "[]", "null", '"owned"'])
        expect(await refusalOf(put(account, body))).toMatchObject({
          name: "DashboardInvalidInputError",
          message: "The field DashboardBody must be a valid JSON object",
        });
      expect(await refusalOf(put(account, ""))).toMatchObject({
        name: "InvalidParameterValueException",
        message: "The parameter DashboardBody is required.\n",
      });
    },
  },
  {
    behavior: "a dashboard with 51 tags is refused",
    basis: "capture",
    source: captured.dashboards,
    check: async ({ account: { cloudwatch } }) => {
      const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
      const refused = cloudwatch.putDashboard({
        DashboardName: uniqueName(),
        DashboardBody: EMPTY,
        Tags,
      });
      expect(await refusalOf(refused)).toMatchObject({
        name: "InvalidParameterValueException",
        message: "The collection Tags must not have a size greater than 50.\n",
      });
    },
  },
  ...bodies,
  ...warnings,
];
