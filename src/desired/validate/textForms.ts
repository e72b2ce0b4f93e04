import { isTimeZone } from '../../model/time/timeZone.ts';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { cronProblem } from '../../model/time/cron.ts';
import { daemonActor } from '../../model/audit.ts';
import { serverToken } from '../../model/settings.ts';
import { millisecondsOf } from '../../model/time/duration.ts';
import { pathProblem } from '../files/containment.ts';

/** A `format` of JSON Schema for texts. */
interface TextForm {
  readonly valid: (text: string) => boolean;
  /** The expected text, to follow `it takes` in a message. */
  readonly expected: string;
  /** Explains why a text is not valid; undefined if the format cannot tell. */
  readonly problem?: (text: string) => string | undefined;
}

/** The maximum length of a text of any format; longer ones are refused before they are parsed. */
const longestText = 4096 + 'sqlite:'.length;

/** The milliseconds of a duration such as `30s`; undefined if it is not valid or zero. */
export const durationOf = (text: string): number | undefined => millisecondsOf(text) || undefined;

/** The number of a percentage such as `30%`; undefined if it is not valid or above 100. */
export function percentOf(text: string): number | undefined {
  const [, number] = /^(\d{1,3}(?:\.\d{1,9})?)\s*%$/.exec(text) ?? [];
  const percent = Number(number ?? NaN);
  return percent <= 100 ? percent : undefined;
}

/**
 * The host and port of a text such as `127.0.0.1:8080`, `localhost:0`, or `[::1]:8080`; undefined if it is not valid.
 */
export function listenOf(text: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const isHost = bracketed === undefined ? isHostName(plain ?? '') : isIPv6(bracketed);
  return host !== undefined && isHost && Number(port) <= 65_535
    ? { host, port: Number(port) }
    : undefined;
}

/** A text that looks like an IPv4 address must be one. */
const isHostName = (text: string): boolean =>
  text.length <= 253 && (isIP(text) !== 0 || !/^[\d.]*$/.test(text));

const isPath = (text: string): boolean => pathProblem(text) === undefined;

const isStore = (text: string): boolean =>
  text.startsWith('sqlite:')
    ? isPath(text.slice('sqlite:'.length))
    : /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text);

const isWebUrl = (text: string): boolean => /^https?:\/\/./.test(text) && URL.canParse(text);

/** A URL that people type to reach a server: without credentials, a query, or a fragment. */
function isPublicUrl(text: string): boolean {
  if (text.length > 2048 || !isWebUrl(text)) return false;
  const { username, password, search, hash, hostname } = new URL(text);
  return hostname !== '' && username + password + search + hash === '';
}

const forms: Readonly<Record<string, TextForm>> = {
  'cron-expression': {
    valid: (text) => cronProblem(text) === undefined,
    expected: 'a cron expression such as "*/5 * * * *"',
    problem: cronProblem,
  },
  path: {
    valid: isPath,
    expected: 'the path of a file or directory',
    problem: pathProblem,
  },
  'time-span': {
    valid: (text) => durationOf(text) !== undefined,
    expected: 'a duration such as 30s, 2m or 1h30m',
  },
  share: {
    valid: (text) => percentOf(text) !== undefined,
    expected: 'a percentage such as 30%, or a number',
  },
  percentage: {
    valid: (text) => (percentOf(text) ?? 0) > 0,
    expected: 'a percentage above 0, such as 80%',
  },
  'time-zone': { valid: isTimeZone, expected: 'a time zone such as Europe/Berlin or UTC' },
  'directory-pattern': {
    valid: (text) => text.split('/').every((part) => part !== '' && !part.startsWith('.')),
    expected: 'a relative pattern of directories such as teams/*',
  },
  'listen-address': {
    valid: (text) => listenOf(text) !== undefined,
    expected: 'a host and a port such as 127.0.0.1:8080',
  },
  store: {
    valid: isStore,
    expected: 'sqlite:PATH or postgres://USER@HOST/DATABASE',
  },
  'variable-pattern': {
    valid: (text) => /^[A-Za-z_*][\w*]{0,255}$/.test(text),
    expected: 'the name of a variable, such as TEAM_TOKEN or TEAM_*',
  },
  uri: { valid: (text) => URL.canParse(text), expected: 'a URL' },
  variable: {
    valid: (text) => /^[A-Za-z_]\w{0,255}$/.test(text),
    expected: 'the name of an environment variable',
  },
  'token-name': {
    valid: (text) =>
      /^[A-Za-z0-9][\w.-]{0,63}$/.test(text) && ![serverToken, daemonActor].includes(text),
    expected: `a name of letters, digits, ".", "_" and "-", other than ${serverToken} and ${daemonActor}`,
  },
  'web-url': { valid: isWebUrl, expected: 'an address that begins with https:// or http://' },
  'public-url': {
    valid: isPublicUrl,
    expected:
      'an address such as https://holdfast.example.com, without a user, a query or a fragment',
  },
  email: { valid: (text) => /^[^\s@]+@[^\s@]+$/.test(text), expected: 'an e-mail address' },
  ipv4: { valid: isIPv4, expected: 'an IPv4 address such as 203.0.113.7' },
};

/** The formats that schemas may use, by name. */
export const textForms: Readonly<Record<string, TextForm>> = Object.fromEntries(
  Object.entries(forms).map(([name, form]) => [
    name,
    { ...form, valid: (text: string) => text.length <= longestText && form.valid(text) },
  ]),
);
