import { isIPv4 } from 'node:net';
import { validateDetailed } from 'node-cron';

/** A form that a text may be required to have: a `format` of JSON Schema. */
interface TextForm {
  readonly valid: (text: string) => boolean;
  /** What is expected, to follow on `it takes`. */
  readonly expected: string;
}

const units: ReadonlyMap<string | undefined, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** The milliseconds of a text like `30s`, `2m`, `1h30m` or `500ms`; undefined when it is no duration, or none at all. */
export function durationOf(text: string): number | undefined {
  if (!/^(\d{1,9}[a-z]{1,2})+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+)([a-z]+)/g);
  const sum = parts.reduce(
    (total, [, count, unit]) => total + Number(count) * (units.get(unit) ?? NaN),
    0,
  );
  return sum > 0 ? sum : undefined;
}

/** The number of a text like `30%`; undefined when it is no share of 100. */
export function percentOf(text: string): number | undefined {
  const [, number] = /^(\d{1,3}(?:\.\d{1,9})?)\s*%$/.exec(text) ?? [];
  const percent = Number(number ?? NaN);
  return percent <= 100 ? percent : undefined;
}

/** The parts of a text like `127.0.0.1:8080`, `localhost:0` or `[::1]:8080`; undefined when it is no such address. */
export function listenOf(text: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host !== undefined && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}

const isStore = (text: string): boolean =>
  /^sqlite:./.test(text) || (/^postgres(ql)?:\/\/./.test(text) && URL.canParse(text));

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
}

const isWebUrl = (text: string): boolean => /^https?:\/\/./.test(text) && URL.canParse(text);

/** The formats that schemas may use. */
export const textForms: Readonly<Record<string, TextForm>> = {
  'cron-expression': {
    valid: (text) => text.length <= 256 && validateDetailed(text).valid,
    expected: 'a cron expression such as "*/5 * * * *"',
  },
  'time-span': {
    valid: (text) => durationOf(text) !== undefined,
    expected: 'a duration such as 30s, 2m or 1h30m',
  },
  share: {
    valid: (text) => percentOf(text) !== undefined,
    expected: 'a share such as 30%, or a number',
  },
  'time-zone': { valid: isTimeZone, expected: 'a time zone such as Europe/Berlin or UTC' },
  'listen-address': {
    valid: (text) => listenOf(text) !== undefined,
    expected: 'a host and a port such as 127.0.0.1:8080',
  },
  store: {
    valid: isStore,
    expected: 'sqlite:PATH or postgres://USER@HOST/DATABASE',
  },
  uri: { valid: (text) => URL.canParse(text), expected: 'a URL' },
  'web-url': { valid: isWebUrl, expected: 'an address that begins with https:// or http://' },
  email: { valid: (text) => /^[^\s@]+@[^\s@]+$/.test(text), expected: 'an e-mail address' },
  ipv4: { valid: isIPv4, expected: 'an IPv4 address such as 203.0.113.7' },
};
