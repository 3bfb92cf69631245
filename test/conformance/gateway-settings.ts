import { expect } from "vitest";
import { refusalOf } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { createApi } from "./gateway-client.ts";
import { documented, modelled, reported } from "./sources.ts";

const SCHEMA = JSON.stringify({
  $schema: "http://json-schema.org/draft-04/schema#",
  title: "Message",
  type: "object",
  required: ["id"],
});

/** Settings of APIs that change nothing, or little, that a client receives. */
export const gatewaySettings: Behavior[] = [
  {
    behavior: "integration responses do not change what a proxy integration replies",
    basis: "documentation",
    source: documented.integrationResponses,
    check: async ({ account }) => {
      const { apigateway } = account;
      const api = await createApi(account);
      await api.permit();
      const { ApiId } = api;
      const { IntegrationId } = await apigateway.createIntegration(api.integration);
      for (const IntegrationResponseKey of ["$default", "/200/", "/2\\d\\d/"])
        await apigateway.createIntegrationResponse({
          ApiId,
          IntegrationId,
          IntegrationResponseKey,
          ResponseTemplates: { "application/json": "replaced" },
          TemplateSelectionExpression: "application/json",
        });
      await api.addRoute("act", IntegrationId);
      await api.deploy();
      using client = await api.connect();
      expect(await client.ask({ action: "act" })).toBe('act {"action":"act"}');
    },
  },
  {
    behavior: "an integration response is read, changed and deleted by its ID",
    basis: "model",
    source: modelled.apigateway,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId, integration } = await createApi(account);
      const { IntegrationId } = await apigateway.createIntegration(integration);
      const owner = { ApiId, IntegrationId };
      const settings = {
        IntegrationResponseKey: "$default",
        ContentHandlingStrategy: "CONVERT_TO_TEXT",
        ResponseParameters: { "method.response.header.a": "'b'" },
        ResponseTemplates: { "application/json": "" },
        TemplateSelectionExpression: "$request.body.name",
      } as const;
      const { $metadata, ...created } = await apigateway.createIntegrationResponse({
        ...owner,
        ...settings,
      });
      expect($metadata.httpStatusCode).toBe(201);
      const { IntegrationResponseId, ...members } = created;
      expect(members).toEqual(settings);
      const one = { ...owner, IntegrationResponseId };
      expect(await apigateway.getIntegrationResponse(one)).toMatchObject(created);
      const changes = {
        IntegrationResponseKey: "/404/",
        ContentHandlingStrategy: "CONVERT_TO_BINARY",
      } as const;
      const { $metadata: updated, ...after } = await apigateway.updateIntegrationResponse({
        ...one,
        ...changes,
      });
      expect({ status: updated.httpStatusCode, after }).toEqual({
        status: 200,
        after: { ...created, ...changes },
      });
      expect((await apigateway.getIntegrationResponses(owner)).Items).toEqual([after]);
      const deleted = await apigateway.deleteIntegrationResponse(one);
      expect(deleted.$metadata.httpStatusCode).toBe(204);
      expect(await refusalOf(apigateway.getIntegrationResponse(one))).toMatchObject({
        name: "NotFoundException",
        status: 404,
      });
    },
  },
  {
    behavior: "an integration is deleted with its responses",
    basis: "model",
    source: modelled.apigateway,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId, integration } = await createApi(account);
      const { IntegrationId } = await apigateway.createIntegration(integration);
      const owner = { ApiId, IntegrationId };
      await apigateway.createIntegrationResponse({ ...owner, IntegrationResponseKey: "$default" });
      await apigateway.deleteIntegration(owner);
      expect(await refusalOf(apigateway.getIntegrationResponses(owner))).toMatchObject({
        name: "NotFoundException",
        status: 404,
      });
    },
  },
  {
    behavior: "templates and a passthrough behavior do not change the event of a proxy integration",
    basis: "documentation",
    source: documented.passthroughBehaviors,
    check: async ({ account }) => {
      const { apigateway } = account;
      const api = await createApi(account);
      await api.permit();
      const settings = {
        PassthroughBehavior: "NEVER",
        RequestTemplates: { $default: '{"replaced":true}' },
        TemplateSelectionExpression: "\\$default",
      } as const;
      const created = await apigateway.createIntegration({ ...api.integration, ...settings });
      expect(created).toMatchObject(settings);
      await api.addRoute("act", created.IntegrationId);
      await api.deploy();
      using client = await api.connect();
      expect(await client.ask({ action: "act" })).toBe('act {"action":"act"}');
    },
  },
  {
    behavior: "UpdateIntegration keeps request parameters, and removes one with an empty value",
    basis: "report",
    source: `${reported.terraformGateway}/integration.go`,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId, integration } = await createApi(account);
      const { IntegrationId } = await apigateway.createIntegration({
        ...integration,
        RequestParameters: { "integration.request.querystring.stage": "'value1'" },
      });
      const update = (RequestParameters: Record<string, string>) =>
        apigateway.updateIntegration({ ApiId, IntegrationId, RequestParameters });
      expect(await update({ "integration.request.header.x-userid": "'value2'" })).toMatchObject({
        RequestParameters: {
          "integration.request.querystring.stage": "'value1'",
          "integration.request.header.x-userid": "'value2'",
        },
      });
      const updated = await update({ "integration.request.querystring.stage": "" });
      expect(updated.RequestParameters).toEqual({
        "integration.request.header.x-userid": "'value2'",
      });
    },
  },
  {
    behavior: "UpdateRoute adds request parameters, and DeleteRouteRequestParameter removes one",
    basis: "report",
    source: `${reported.terraformGateway}/route.go`,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId } = await createApi(account);
      const [header, query] = [
        "route.request.header.authorization",
        "route.request.querystring.authToken",
      ] as const;
      const { RouteId, RequestParameters } = await apigateway.createRoute({
        ApiId,
        RouteKey: "$connect",
        RequestParameters: { [header]: { Required: false } },
      });
      expect(RequestParameters).toEqual({ [header]: { Required: false } });
      const route = { ApiId, RouteId };
      const updated = await apigateway.updateRoute({
        ...route,
        RequestParameters: { [query]: { Required: false } },
      });
      expect(updated.RequestParameters).toEqual({
        [header]: { Required: false },
        [query]: { Required: false },
      });
      const parameter = { ...route, RequestParameterKey: header };
      const deleted = await apigateway.deleteRouteRequestParameter(parameter);
      expect(deleted.$metadata.httpStatusCode).toBe(204);
      const read = await apigateway.getRoute(route);
      expect(read.RequestParameters).toEqual({ [query]: { Required: false } });
      expect(await refusalOf(apigateway.deleteRouteRequestParameter(parameter))).toMatchObject({
        name: "NotFoundException",
        status: 404,
      });
    },
  },
  {
    behavior: "a model is read, changed and deleted by its ID",
    basis: "model",
    source: modelled.apigateway,
    check: async ({ account }) => {
      const { apigateway } = account;
      const { ApiId } = await createApi(account);
      const settings = { ContentType: "text/x-json", Name: "message", Schema: SCHEMA };
      const { $metadata, ModelId, ...created } = await apigateway.createModel({
        ApiId,
        ...settings,
      });
      expect($metadata.httpStatusCode).toBe(201);
      expect(created).toEqual(settings);
      const model = { ApiId, ModelId };
      const changed = await apigateway.updateModel({ ...model, ContentType: "application/json" });
      expect(changed).toMatchObject({ ...settings, ContentType: "application/json" });
      const { $metadata: _, ...read } = await apigateway.getModel(model);
      expect((await apigateway.getModels({ ApiId })).Items).toEqual([read]);
      const deleted = await apigateway.deleteModel(model);
      expect(deleted.$metadata.httpStatusCode).toBe(204);
      expect(await refusalOf(apigateway.getModel(model))).toMatchObject({
        name: "NotFoundException",
        status: 404,
      });
    },
  },
  {
    behavior: "messages are not validated without a model selection expression",
    basis: "documentation",
    source: documented.requestValidation,
    check: async ({ account }) => {
      const { apigateway } = account;
      const api = await createApi(account);
      await api.permit();
      const { ApiId } = api;
      const { Name = "" } = await apigateway.createModel({
        ApiId,
        Name: "message",
        Schema: SCHEMA,
      });
      const { IntegrationId } = await apigateway.createIntegration(api.integration);
      await api.addRoute("act", IntegrationId);
      const { Items: [route] = [] } = await apigateway.getRoutes({ ApiId });
      const updated = await apigateway.updateRoute({
        ApiId,
        RouteId: route?.RouteId,
        RequestModels: { $default: Name },
      });
      expect(updated.RequestModels).toEqual({ $default: Name });
      await api.deploy();
      using client = await api.connect();
      expect(await client.ask({ action: "act" })).toBe('act {"action":"act"}');
    },
  },
  {
    behavior: "a stage keeps the default endpoint until the API without it is deployed",
    basis: "documentation",
    source: documented.disabledEndpoint,
    check: async ({ account }) => {
      const { apigateway } = account;
      const api = await createApi(account);
      const { ApiId } = api;
      await apigateway.createRoute({ ApiId, RouteKey: "$default" });
      await api.deploy();
      await apigateway.updateApi({ ApiId, DisableExecuteApiEndpoint: true });
      expect(await api.status()).toBe(101);
      await api.deploy();
      expect(await api.status()).toBe(403);
    },
  },
];
