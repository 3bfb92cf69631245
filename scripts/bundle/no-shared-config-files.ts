/**
 * Stands in the bundles for the module of the SDK that reads a person's `~/.aws/config` and
 * `~/.aws/credentials`, in which it looks for each setting that the environment doesn't have. Lambda
 * has no such files.
 */

export const CONFIG_PREFIX_SEPARATOR = ".";

export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
