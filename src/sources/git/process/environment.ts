import type { Environment, GitOptions } from '../options.ts';
import type { RepositoryUrl } from '../../../model/text/repositoryUrl.ts';

/** Settings of Git, as names and values. A name may be repeated. */
export type GitConfig = readonly (readonly [string, string])[];

/** Environment variables that are passed on: how to find programs and to reach the server. */
const passedOn = /^(?:PATH|(?:https?|all|no)_proxy|(?:HTTPS?|ALL|NO)_PROXY)$/;

/**
 * The environment of all of Git's commands. Nothing of the user's or the machine's Git is read: no config, hooks,
 * attributes, credential helpers, `.netrc`, or ssh agent. Git speaks only the protocol of `url`, and never asks a
 * terminal.
 */
export function gitEnvironment(
  { env, directory }: GitOptions,
  url: RepositoryUrl,
  clone: string,
): Readonly<Record<string, string>> {
  const variables = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passedOn.test(entry[0]),
  );
  return {
    ...Object.fromEntries(variables),
    HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
    LC_ALL: 'C',
    TMPDIR: directory,
    GIT_DIR: clone,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: url.protocol,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_SSH_VARIANT: 'ssh',
    GIT_SSH_COMMAND: 'false',
  };
}

/** The passwords in the addresses of proxies. */
export const proxyPasswords = (env: Environment): readonly string[] =>
  Object.entries(env)
    .filter(([name]) => /_proxy$/i.test(name))
    .flatMap(([, address = '']) => URL.parse(address)?.password || []);

/** The settings of all commands. They take precedence over the clone's own. */
export function fixedConfig({ SSL_CERT_FILE: certificates }: Environment): GitConfig {
  return [
    ['core.hooksPath', '/dev/null'],
    ['core.attributesFile', '/dev/null'],
    ['core.filesRefLockTimeout', '2000'],
    ['core.fsmonitor', 'false'],
    ['credential.helper', ''],
    ['fetch.recurseSubmodules', 'no'],
    ['gc.autoDetach', 'false'],
    // A redirect would send the credential to another server.
    ['http.followRedirects', 'false'],
    ['maintenance.auto', 'false'],
    ['transfer.fsckObjects', 'true'],
    // Only ssh signatures are checked; no other program is run for a signature of another format.
    ['gpg.program', 'false'],
    ['gpg.x509.program', 'false'],
    ...(certificates ? [['http.sslCAInfo', certificates] as const] : []),
  ];
}

/** Passes settings to Git in its environment, since arguments and files could be read by others. */
export const configVariables = (config: GitConfig): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ['GIT_CONFIG_COUNT', `${config.length}`],
    ...config.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);
