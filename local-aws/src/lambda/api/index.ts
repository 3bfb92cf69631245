import type { AwsError } from "../../protocols/aws-error.ts";
import type { Service } from "../../protocols/operation.ts";
import {
  missingOperation,
  restJsonProtocol,
  type Route,
} from "../../protocols/rest-json-protocol.ts";
import { layerRoutes } from "../layers/routes.ts";
import { accountSettingsRoutes } from "./account-settings.ts";
import { codeRoutes } from "./code.ts";
import { concurrencyRoutes } from "./concurrency.ts";
import { configurationRoutes } from "./configuration.ts";
import { eventInvokeConfigRoutes } from "./event-invoke-configs.ts";
import type { FunctionsApi } from "./function-route.ts";
import { functionRoutes } from "./functions.ts";
import { MISSING_OPERATIONS } from "./missing-operations.ts";
import { permissionRoutes } from "./permissions.ts";
import { tagRoutes } from "./tags.ts";
import { versionRoutes } from "./versions.ts";

/**
 * Creates Lambda's API for functions and their settings.
 * @param others further routes: those of Invoke and of event source mappings. They are matched first,
 * because Invoke is called most often.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export function createLambdaApi(options: FunctionsApi, others: readonly Route[] = []): Service {
  return restJsonProtocol({
    authorize: options.iam.authorize,
    prefix: "lambda",
    routes: [
      ...others,
      ...functionRoutes(options),
      ...configurationRoutes(options),
      ...codeRoutes(options),
      ...concurrencyRoutes(options),
      ...permissionRoutes(options),
      ...eventInvokeConfigRoutes(options),
      ...tagRoutes(options),
      ...versionRoutes(options),
      ...layerRoutes(options),
      ...accountSettingsRoutes(options),
    ],
    unknownRoute: missingOperation("lambda", MISSING_OPERATIONS),
    errorBody,
  });
}

/**
 * The errors of Lambda's model whose message is in the member `Message`. All other errors have `message`.
 */
const CAPITALIZED = ["AccessDeniedException", "ResourceNotFoundException", "ServiceException"];

const errorBody = ({ code, message, status }: AwsError) => ({
  Type: status < 500 ? "User" : "Service",
  [CAPITALIZED.includes(code) ? "Message" : "message"]: message,
});
