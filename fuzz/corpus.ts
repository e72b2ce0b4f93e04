import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Catalog } from '../src/model/kind/kind.ts';
import { file, type Input } from './input.ts';

const root = join(import.meta.dirname, '..');

/** Real config directories, valid and invalid, to mutate. The same in every run. */
export function corpusOf(catalog: Catalog): readonly Input[] {
  const fixtures = join(root, 'test/fixtures/desired');
  const wrong = readdirSync(join(fixtures, 'invalid'))
    .toSorted()
    .map((name) => join(fixtures, 'invalid', name));
  return [
    directory(join(root, 'config')),
    directory(join(fixtures, 'valid')),
    ...wrong.map((path) =>
      statSync(path).isDirectory() ? directory(path) : [file('team.yaml', readFileSync(path))],
    ),
    examples(catalog),
    ...examples(catalog).map((one) => [one]),
    [file('holdfast.yaml', everySetting)],
  ];
}

const directory = (path: string): Input =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
    .map((found) => file(found.slice(path.length + 1), readFileSync(found)));

const examples = ({ kinds }: Catalog): Input =>
  [...kinds.values()].map(({ name, examples: of }) =>
    file(
      `${name}.yaml`,
      stringify({ [name]: Object.fromEntries(of.map((one) => [one.name, one.spec])) }),
    ),
  );

const everySetting = `settings:
  mode: enforce
  schedule: "*/5 * * * *"
  timezone: Europe/Berlin
  watch: true
  throttle: { requestsPerSecond: 10, burst: 20, concurrency: 8, adaptive: true }
  requests: { timeout: 30s, retries: 5 }
  visibility: 2m
  prune: [machines]
  limits: { updates: 30%, deletions: 2, deletionsPerDay: 5, hourlyCost: 12.5 }
  windows: [{ cron: "0 2 * * *", duration: 2h }]
  store: sqlite:./.holdfast/state.db
  reports: { directory: ./.holdfast/reports, formats: [json], keep: 100 }
  notify: [{ teams: { env: T } }, { discord: { file: d } }, { pagerduty: { routingKey: { env: K }, url: "https://example.com/y" } }, { slack: { env: SLACK_URL }, on: [drift, failed], settle: 1 }, { email: { to: [a@example.com], from: b@example.com, smtp: { env: M } } }, { alertmanager: { url: "http://a:9093", auth: { env: A } } }, { webhook: { url: "https://example.com/x", secret: { file: s } }, match: { kinds: [machines] }, remind: 1d }]
  server: { listen: "127.0.0.1:8080", token: { env: HOLDFAST_TOKEN } }
  prices: { A4000: 0.76 }
`;
