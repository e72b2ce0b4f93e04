import { settingsSchema } from '../src/desired/settings/settingsSchema.ts';

/** Values as written in YAML, one per line. */
const each = (lines: string): readonly string[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => line.trim().replaceAll('LONG', 'x'.repeat(5000)));

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const variableParts = [
  ...Object.keys(settingsSchema.properties ?? {}),
  ...words('updates deletions hourly_cost timeout retries burst concurrency requests_per_second'),
  ...words('keep directory formats listen token url path'),
].map((part) => part.toUpperCase());

/** Variables that do not belong to a setting, some of them with a similar name. */
export const odd = words('HOLDFAST_ HOLDFAST holdfast_mode HOLDFAST_SECRET_A __proto__ PATH');

export const numbers = words(`
  0 1 -1 0.5 1e308 -1e308 1e400 .inf -.inf .nan -0 0x10 99999999999999999999 1000000 1000001
  2147483648 1e-300 0.01 256 257`);

const crons = each(String.raw`
  "*/5 * * * *"
  "0 2 * * *"
  "* * * * * *"
  "@daily"
  "0 0 29 2 *"
  "0 0 L * 5L"
  "1-1000000000 * * * *"
  "*/90 * * * *"
  "*/0 * * * *"
  "0-59/1000000000 * * * *"
  "LONG * * * *"
  "* * * * * * *"
  "\0 * * * *"
  "0 0 31 2 *"
  "9-1 22-2 * Dec-Feb Fri-Mon"
  "-1 * * * *"
  "1.5 * * * *"
  "٣ * * * *"`).concat(`"${'0,'.repeat(2000)}0 * * * *"`, `"${'* '.repeat(3000)}"`);

const durations = words(`
  30s 2m 1h30m 500ms 0s 31d 32d 999999999d 1e9s -1s 99999999999h 1y ${'1s'.repeat(1000)}
  ${'9'.repeat(5000)}s`);

const paths = each(String.raw`
  ./a
  /dev/zero
  /proc/self/environ
  ""
  "a\0b"
  "\x1b[31m"
  LONG
  "."
  "../../../etc"
  "a\nb"
  é
  " "`).concat(`"${'a/'.repeat(2000)}"`);

/** Texts by format. */
export const forms: Readonly<Record<string, readonly string[]>> = {
  'cron-expression': crons,
  'time-span': durations,
  'time-zone': words('UTC Europe/Berlin berlin +01:00 +99:99 "\\0" GMT0').concat(each('LONG')),
  share: words(`30% 100% 101% -1% 1e2% "${'9'.repeat(5000)}%" 0.000000001% %`),
  'listen-address': each(`
    "127.0.0.1:8080"
    "[::1]:0"
    "[::::::]:1"
    ":80"
    "localhost:99999"
    "a:-1"
    "LONG:80"
    "999.999.999.999:80"
    "0.0.0.0:65536"
    "é:1"`),
  store: [
    ...paths.map((path) => `"sqlite:${path.replaceAll('"', '')}"`),
    ...words('postgres://a/b postgres://::: postgres://a:b@c/d?e=f sqlite: mysql://a/b'),
  ],
  path: paths,
  'web-url': words('https://example.com http:// file:///etc/passwd').concat(each('https://LONG')),
};

export const texts = each(String.raw`
  a
  ""
  "\0"
  LONG
  "\u202e"
  machines
  __proto__
  "\ud800"
  "{1..9}"`);

export const secrets = each(String.raw`
  { env: A }
  { env: HOLDFAST_TOKEN }
  { file: a }
  { file: ../../etc/passwd }
  { env: }
  { file: "\0" }
  { sops: a, key: b }
  { sops: a }
  { keep: true }
  plain
  {}
  null
  { env: LONG }
  { file: LONG }
  { env: A, file: b }
  { ENV: A }
  https://a/b`);

export const anything = each(String.raw`
  null
  true
  []
  {}
  [[[]]]
  { a: b }
  5
  -5
  *a
  &a x
  !!set { a }
  [1, a, {}]
  { __proto__: 1 }
  2026-01-01`).concat(texts);
