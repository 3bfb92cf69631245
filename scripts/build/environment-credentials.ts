/**
 * Stands in the bundles for `@aws-sdk/credential-provider-node`. Lambda hands a function its role's
 * credentials in environment variables, once for the life of the process. Left out is the rest of
 * the SDK's chain: shared files, SSO, web identity, processes, containers and instances. Scripts and
 * tests load the SDK from `node_modules`, so a person's own profile works there as ever.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
