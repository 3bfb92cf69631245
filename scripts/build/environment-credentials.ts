/**
 * Replaces `@aws-sdk/credential-provider-node` in the bundles. Lambda passes the credentials of the role
 * to a function in environment variables, once per process. So the bundles do not need the rest of the
 * SDK's chain: shared files, SSO, web identity, processes, containers and instances. Scripts and tests
 * load the SDK from `node_modules`, where profiles work as usual.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
