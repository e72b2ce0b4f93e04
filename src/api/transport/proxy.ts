import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../../model/loopback.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy for requests to the API. */
export interface Proxy {
  readonly url: URL;
  /** The environment variable that names it. */
  readonly variable: string;
  /** Its URL for people, without user and password. */
  readonly address: string;
}

/**
 * Returns the proxy that the environment names for this base URL: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, lower
 * case first. None for loopback and for hosts in `NO_PROXY`. Throws an `Error` with a message for the user, without the
 * value, which may contain a password.
 */
export function proxyFor(base: string, env: Env): Proxy | undefined {
  const target = URL.canParse(base) ? new URL(base) : undefined;
  if (!target || isLoopback(target.hostname)) return undefined;
  if (isExempt(target, env['no_proxy'] || env['NO_PROXY'] || '')) return undefined;
  const name = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const variable = [name, name.toUpperCase()].find((candidate) => env[candidate]);
  return variable === undefined ? undefined : proxyAt(env[variable] ?? '', variable);
}

/** Parses the value of the variable. A proxy without a scheme is an HTTP proxy, as for curl. */
function proxyAt(value: string, variable: string): Proxy {
  const address = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !isEncoded(url.username + url.password))
    throw new Error(
      `${variable} does not hold the address of an HTTP proxy, such as http://proxy.example:3128 or http://USER:PASSWORD@proxy.example:3128`,
    );
  return { url, variable, address: url.origin };
}

/** Whether every `%` begins an encoded character. */
function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

/** Returns the texts that no message may contain. */
export function secretsOf({ url: { username, password } }: Proxy): readonly string[] {
  const [user, secret] = [username, password].map(decodeURIComponent);
  return [`${user}:${secret}`, secret ?? ''];
}

/**
 * Whether a `NO_PROXY` list exempts the host, by the rules of curl and Go: names with their subdomains (a leading dot
 * or `*.` makes no difference), addresses, and networks (10.0.0.0/8), each with one port or for all; `*` is all hosts.
 */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = withoutBrackets(hostname);
  const targetPort = port || (protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const [name, entryPort = targetPort] = nameAndPort(entry);
      return (
        entryPort === targetPort && (name === '*' || isName(host, name) || isInNetwork(host, name))
      );
    });
}

const withoutBrackets = (host: string): string => host.replaceAll(/[[\]]/g, '');

/** Splits an entry into name and port. An IPv6 address contains colons, and has a port only after brackets. */
function nameAndPort(entry: string): readonly [name: string, port?: string] {
  const [, name = entry, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  return port === undefined ? [withoutBrackets(name)] : [withoutBrackets(name), port];
}

function isName(host: string, name: string): boolean {
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(host: string, name: string): boolean {
  const version = isIP(host);
  const [address = '', bits = version === 6 ? '128' : '32'] = name.split('/');
  const isNetwork = /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32);
  if (version === 0 || isIP(address) !== version || !isNetwork) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const network = new BlockList();
  network.addSubnet(address, Number(bits), family);
  return network.check(host, family);
}

/** A connection that failed because of the proxy. `lasting`: a retry within seconds would fail too. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly lasting: boolean;

  constructor(message: string, lasting: boolean, cause: Error) {
    super(message, { cause });
    this.lasting = lasting;
  }
}

/** Says what is wrong with the proxy, and what to do, from the failure of a connection through it. */
export function proxyError({ address, variable, url }: Proxy, cause: Error): ProxyError {
  const proxy = `the proxy ${address} (${variable})`;
  const status = Number(/^Bad response: (\d{3})$/.exec(cause.message)?.[1] ?? 0);
  const error = (predicate: string, lasting = false): ProxyError =>
    new ProxyError(`${proxy} ${predicate}`, lasting, cause);
  if (status === 407)
    return error(
      `${url.username ? 'does not accept its user and password' : 'wants a user and a password'} (407): set ${variable}=http://USER:PASSWORD@HOST:PORT`,
      true,
    );
  if (status >= 500) return error(`could not connect to the API (${status})`);
  if (status > 0)
    return error(
      `refused to connect to the API (${status}): allow it there, or name the host in NO_PROXY`,
      true,
    );
  return error(`cannot be used: ${cause.message}; check ${variable}`);
}
