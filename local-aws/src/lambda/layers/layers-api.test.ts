/** The behavior of layers that the conformance suite does not check. */
import {
  ListLayersCommand,
  type ListLayersCommandInput,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  type PublishLayerVersionCommandInput,
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  GetLayerVersionCommand,
} from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { AwsError } from "../../protocols/aws-error.ts";
import { serveLambdaApi, zip } from "../api/testing.ts";

type Api = Awaited<ReturnType<typeof serveLambdaApi>>;

const ARN = "arn:aws:lambda:us-east-1:000000000000:layer";

const publish = (
  { client }: Api,
  LayerName: string,
  input: Partial<PublishLayerVersionCommandInput> = {},
) =>
  client.send(new PublishLayerVersionCommand({ LayerName, Content: { ZipFile: zip }, ...input }));

test("ListLayers returns the latest version of each compatible layer, in pages", async () => {
  await using api = await serveLambdaApi();
  await publish(api, "a", { CompatibleRuntimes: ["nodejs22.x"] });
  await publish(api, "a", { CompatibleRuntimes: ["nodejs24.x"] });
  await publish(api, "b", {
    CompatibleRuntimes: ["nodejs22.x"],
    CompatibleArchitectures: ["arm64"],
  });
  const list = async (input: ListLayersCommandInput) => {
    const { Layers = [], NextMarker } = await api.client.send(new ListLayersCommand(input));
    return {
      arns: Layers.map(({ LatestMatchingVersion }) => LatestMatchingVersion?.LayerVersionArn),
      NextMarker,
    };
  };
  expect((await list({})).arns).toEqual([`${ARN}:a:2`, `${ARN}:b:1`]);
  expect((await list({ CompatibleRuntime: "nodejs22.x" })).arns).toEqual([
    `${ARN}:a:1`,
    `${ARN}:b:1`,
  ]);
  expect((await list({ CompatibleArchitecture: "arm64" })).arns).toEqual([`${ARN}:b:1`]);
  const { arns, NextMarker: Marker } = await list({ MaxItems: 1 });
  expect(arns).toEqual([`${ARN}:a:2`]);
  expect(await list({ MaxItems: 1, ...(Marker !== undefined && { Marker }) })).toEqual({
    arns: [`${ARN}:b:1`],
    NextMarker: undefined,
  });
});

test("a layer of this account and region can be named by its ARN", async () => {
  await using api = await serveLambdaApi();
  await publish(api, `${ARN}:a`);
  const { LayerVersions } = await api.client.send(
    new ListLayerVersionsCommand({ LayerName: `${ARN}:a` }),
  );
  expect(LayerVersions).toMatchObject([{ LayerVersionArn: `${ARN}:a:1` }]);
  const others = [
    `${ARN.replace("000000000000", "111122223333")}:a`,
    `${ARN.replace("us-east-1", "eu-west-1")}:a`,
  ];
  for (const LayerName of others)
    await expect(
      api.client.send(new GetLayerVersionCommand({ LayerName, VersionNumber: 1 })),
    ).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining(`the layer ${LayerName} of another`),
    });
});

test("a caller who adds layers to a function needs the permission to read them", async () => {
  await using api = await serveLambdaApi();
  await publish(api, "a");
  api.iam.authorize = (_caller, action, resource) => {
    if (action === "lambda:GetLayerVersion")
      throw new AwsError(403, "AccessDeniedException", resource);
  };
  await expect(api.create({ Layers: [`${ARN}:a:1`] })).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `${ARN}:a:1`,
  });
});

test("an update with an empty list removes the layers, but a published version keeps them", async () => {
  await using api = await serveLambdaApi();
  await publish(api, "a");
  const FunctionName = "processor";
  await api.create({ Layers: [`${ARN}:a:1`] });
  const layers = async (Qualifier = "$LATEST") => {
    const command = new GetFunctionConfigurationCommand({ FunctionName, Qualifier });
    return (await api.client.send(command)).Layers?.map(({ Arn }) => Arn);
  };
  await api.client.send(new PublishVersionCommand({ FunctionName }));
  await api.client.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Description: "without layers" }),
  );
  expect(await layers()).toEqual([`${ARN}:a:1`]);
  await api.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Layers: [] }));
  expect(await layers()).toBeUndefined();
  expect(await layers("1")).toEqual([`${ARN}:a:1`]);
  expect(api.state.regions["us-east-1"]?.lambda.functions[FunctionName]?.layers).toEqual([]);
});
