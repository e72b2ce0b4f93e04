import { isIP } from 'node:net';
import { isLoopback } from '../../model/loopback.ts';

/** The addresses of a server: the one it listens on, and the one under which people reach it. */
export interface Names {
  /** The address or name on which it listens. */
  readonly host: string;
  /** `settings.server.publicUrl`. */
  readonly publicUrl: string | null;
}

/**
 * Whether a `Host` header names the server. In a DNS rebinding attack it holds the attacker's name, so on loopback only
 * the server's own names are accepted. Elsewhere every IP address is accepted too: probes and scrapes use those of
 * pods, services, and hosts, and an IP address cannot be rebound.
 */
export function isOwnHost(header: string | undefined, { host, publicUrl }: Names): boolean {
  const name = hostnameOf(header);
  if (name === undefined) return false;
  if (name === 'localhost' || name === host.toLowerCase()) return true;
  if (publicUrl !== null && name === hostnameOf(new URL(publicUrl).host)) return true;
  return isLoopback(host) ? isLoopback(name) : isIP(name) !== 0;
}

/**
 * Whether an `Origin` header names a site other than the request's host and the public address. False without the
 * header.
 */
export function isForeignOrigin(
  origin: string | undefined,
  header: string | undefined,
  { publicUrl }: Names,
): boolean {
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const from = new URL(origin);
  if (publicUrl !== null && from.origin === new URL(publicUrl).origin) return false;
  const to = `${from.protocol}//${header}`;
  return !URL.canParse(to) || new URL(to).host !== from.host || from.host === '';
}

/**
 * The name or address in a `Host` header, normalized and without a port; undefined if the header is missing or
 * malformed.
 */
function hostnameOf(header: string | undefined): string | undefined {
  if (header === undefined || !/^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(header))
    return undefined;
  if (!URL.canParse(`http://${header}`)) return undefined;
  return new URL(`http://${header}`).hostname.replace(/^\[(.*)\]$/, '$1');
}
