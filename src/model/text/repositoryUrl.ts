import { isLoopback } from '../loopback.ts';
import type { GitAuth } from '../settings.ts';
import { visible } from './visible.ts';

/** The address of a repository. */
export interface RepositoryUrl {
  /** As Git gets it. Contains no credential. */
  readonly text: string;
  readonly protocol: 'https' | 'http' | 'ssh' | 'file';
  /** For https and http: scheme, host, and port. */
  readonly origin: string;
  /** The host for messages, or the path of a `file:` URL. */
  readonly server: string;
}

/** `[USER@]HOST:PATH`, as Git's own documentation spells an ssh address. */
const scpForm = /^(?:[\w.~+-]+@)?(?<host>[\w.-]+|\[[\da-f:.]+\]):(?!:)(?!\/\/)./i;

/** Parses the address of a repository. Returns the message of the problem if it cannot be used. Pure. */
export function parseRepositoryUrl(text: string): RepositoryUrl | string {
  if (/^-|[\p{Cc}\s]/u.test(text)) return invalid(text);
  const scp = scpForm.exec(text)?.groups?.['host'];
  if (scp !== undefined) return { text, protocol: 'ssh', origin: '', server: scp };
  const url = URL.parse(text);
  if (!url) return invalid(text);
  // Checked before any message that quotes the address.
  if (hasCredentials(url))
    return 'git.url must not contain a password or a token; put it into git.auth, as `token` or as `username` and `password`';
  return named(text, url);
}

/** An ssh address has a user name, which is no secret. A query or fragment may be a token. */
const hasCredentials = ({ protocol, username, password, search, hash }: URL): boolean =>
  password !== '' || search !== '' || hash !== '' || (username !== '' && protocol !== 'ssh:');

function named(
  text: string,
  { protocol, hostname, origin, host, pathname }: URL,
): RepositoryUrl | string {
  switch (protocol) {
    case 'https:':
      return { text, protocol: 'https', origin, server: host };
    case 'http:':
      if (!isLoopback(hostname))
        return `git.url must not be http, since ${visible(host)} is not this machine and anyone on the way could change the config; use https`;
      return { text, protocol: 'http', origin, server: host };
    case 'ssh:':
      if (hostname === '' || hostname.startsWith('-')) return invalid(text);
      return { text, protocol: 'ssh', origin: '', server: host };
    case 'file:':
      return { text, protocol: 'file', origin: '', server: pathname };
    default:
      return invalid(text);
  }
}

const invalid = (text: string): string =>
  `git.url ${quoted(text)}is not the address of a repository that Holdfast reads; expected https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH, or file:///PATH`;

/** An address that cannot be parsed may hold a password anywhere before the `@`. */
const quoted = (text: string): string =>
  text.includes('@') || text.includes('?') ? '' : `“${visible(text.slice(0, 200))}” `;

/** Explains why an address does not fit the way of access; undefined if it does. Pure. */
export function accessProblem(
  { protocol }: RepositoryUrl,
  way: GitAuth['type'] | undefined,
): string | undefined {
  if (protocol === 'ssh')
    return way === 'sshKey'
      ? undefined
      : 'git.auth must have `sshKey` and `knownHosts`, since git.url is an ssh address';
  if (way === 'sshKey')
    return 'git.auth.sshKey needs an ssh address in git.url; for https use `token`, or `username` and `password`';
  return protocol === 'file' && way !== undefined
    ? 'git.auth cannot be used with a file: address; remove it'
    : undefined;
}
