import { isIP } from 'node:net';
import { isLoopback } from '../model/loopback.ts';

/** What a server is called: where it listens, and where people reach it. */
export interface Names {
  /** The address or name that it listens on. */
  readonly host: string;
  /** `settings.server.publicUrl`. */
  readonly publicUrl: string | null;
}

/**
 * Whether a `Host` header names the server. A page whose name an attacker has let lead here (DNS rebinding) bears that name. So on loopback only the
 * server's own names count. Elsewhere every IP address counts too: probes and scrapes use those of pods, services, and hosts, and there is no name to
 * rebind.
 */
export function isOwnHost(header: string | undefined, { host, publicUrl }: Names): boolean {
  const name = hostnameOf(header);
  if (name === undefined) return false;
  if (name === 'localhost' || name === host.toLowerCase()) return true;
  if (publicUrl !== null && name === hostnameOf(new URL(publicUrl).host)) return true;
  return isLoopback(host) ? isLoopback(name) : isIP(name) !== 0;
}

/** Whether an `Origin` header names another site than the one that the request goes to, or than the public address. */
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

/** The name or address in a `Host` header, in its usual form and without a port; undefined where there is none. */
function hostnameOf(header: string | undefined): string | undefined {
  if (header === undefined || !/^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(header))
    return undefined;
  if (!URL.canParse(`http://${header}`)) return undefined;
  return new URL(`http://${header}`).hostname.replace(/^\[(.*)\]$/, '$1');
}
