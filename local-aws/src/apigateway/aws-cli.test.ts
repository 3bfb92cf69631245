/** @module-tag extended */
import { expect, test } from "vitest";
import { aws, awsCliVersion } from "../protocols/testing-aws-cli.ts";
import { serve } from "../server/testing.ts";
import { createTestGateway, FUNCTION_URI } from "./testing.ts";

test.skipIf(awsCliVersion === undefined)(
  "the AWS CLI creates an API and reads it back",
  async () => {
    await using server = await serve(createTestGateway().service);
    /** Runs a command, which is split at its spaces. */
    const run = async (command: string) => {
      const response = await aws(server.endpoint, "apigatewayv2", ...command.split(" "));
      return (response === "" ? {} : JSON.parse(response)) as Record<string, unknown>;
    };

    const { ApiId } = await run(
      "create-api --name chat --protocol-type WEBSOCKET --route-selection-expression $request.body.action",
    );
    const api = `--api-id ${String(ApiId)}`;
    const { IntegrationId } = await run(
      `create-integration ${api} --integration-type AWS_PROXY --integration-uri ${FUNCTION_URI}`,
    );
    const target = `integrations/${String(IntegrationId)}`;
    await run(`create-route ${api} --route-key $default --target ${target}`);
    await run(`create-stage ${api} --stage-name production --auto-deploy`);
    const arn = `arn:aws:apigateway:us-east-1::/apis/${String(ApiId)}`;
    await run(`tag-resource --resource-arn ${arn} --tags Team=a,Stage=b`);
    await run(`untag-resource --resource-arn ${arn} --tag-keys Stage`);

    const [apis, routes, stages, deployments] = await Promise.all([
      run("get-apis"),
      run(`get-routes ${api}`),
      run(`get-stages ${api}`),
      run(`get-deployments ${api}`),
    ]);
    expect(apis["Items"]).toMatchObject([
      { ApiId, ProtocolType: "WEBSOCKET", Tags: { Team: "a" } },
    ]);
    expect(routes["Items"]).toMatchObject([{ RouteKey: "$default", Target: target }]);
    expect(stages["Items"]).toMatchObject([{ StageName: "production", AutoDeploy: true }]);
    expect(deployments["Items"]).toMatchObject([{ DeploymentStatus: "DEPLOYED" }]);
    await expect(run("get-api --api-id missing")).rejects.toThrow(
      "An error occurred (NotFoundException) when calling the GetApi operation: Invalid API identifier specified 000000000000:missing",
    );
    await run(`delete-api ${api}`);
    expect(await run("get-apis")).toEqual({ Items: [] });
  },
  60_000,
);
