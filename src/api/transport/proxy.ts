import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../../model/loopback.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy that requests to the API go through. */
export interface Proxy {
  readonly url: URL;
  /** The variable that names it. */
  readonly variable: string;
  /** Its address for people, without user and password. */
  readonly address: string;
}

/**
 * The proxy that the environment names for this address: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, lower case before upper case; none
 * for loopback, nor for what `NO_PROXY` names. Throws an `Error` in words for the user, and without the value, which may hold a password.
 */
export function proxyFor(base: string, env: Env): Proxy | undefined {
  const target = URL.canParse(base) ? new URL(base) : undefined;
  if (!target || isLoopback(target.hostname)) return undefined;
  if (isExempt(target, env['no_proxy'] || env['NO_PROXY'] || '')) return undefined;
  const name = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const variable = [name, name.toUpperCase()].find((one) => env[one]);
  return variable === undefined ? undefined : proxyAt(env[variable] ?? '', variable);
}

/** A proxy without a scheme is one of HTTP, as for curl. */
function proxyAt(value: string, variable: string): Proxy {
  const address = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !isEncoded(url.username + url.password))
    throw new Error(
      `${variable} does not hold the address of an HTTP proxy, such as http://proxy.example:3128 or http://USER:PASSWORD@proxy.example:3128`,
    );
  return { url, variable, address: url.origin };
}

/** Whether `%` begins an encoded character everywhere. */
function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}

/** What must not show in a message. */
export function secretsOf({ url: { username, password } }: Proxy): readonly string[] {
  const [user, word] = [username, password].map(decodeURIComponent);
  return [`${user}:${word}`, word ?? ''];
}

/**
 * Whether a list of `NO_PROXY` names the host, as curl and Go read it: names with their subdomains (a leading dot or `*.` makes no
 * difference), addresses, networks (10.0.0.0/8), each with a port or for every one; `*` is all.
 */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = bare(hostname);
  const own = port || (protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const [name, of = own] = withoutPort(entry);
      return of === own && (name === '*' || isName(host, name) || isInNetwork(host, name));
    });
}

const bare = (host: string): string => host.replaceAll(/[[\]]/g, '');

/** Name and port of an entry. An IPv6 address has colons, and a port only after brackets. */
function withoutPort(entry: string): readonly [name: string, port?: string] {
  const [, name = entry, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  return port === undefined ? [bare(name)] : [bare(name), port];
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

/** A connection that did not come about because of the proxy. `lasting`: seconds do not mend it. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly lasting: boolean;

  constructor(message: string, lasting: boolean, cause: Error) {
    super(message, { cause });
    this.lasting = lasting;
  }
}

/** What is wrong with the proxy and what to do, from how a connection through it failed. */
export function proxyError({ address, variable, url }: Proxy, cause: Error): ProxyError {
  const proxy = `the proxy ${address} (${variable})`;
  const status = Number(/^Bad response: (\d{3})$/.exec(cause.message)?.[1] ?? 0);
  const error = (words: string, lasting = false): ProxyError =>
    new ProxyError(`${proxy} ${words}`, lasting, cause);
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
