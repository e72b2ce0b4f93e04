import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { statuses } from '../../src/model/pass/plan.ts';
import { everyMetric, labelsOf } from '../support/servedMetrics.ts';
import { parseQuery, unknownNames, type Query } from './promql.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook: string;
  };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
}

const page = await readFile('docs/monitoring.md', 'utf8');
const { groups } = parse(await readFile('deploy/monitoring/prometheus-rules.yaml', 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(
  await readFile('deploy/monitoring/grafana-dashboard.json', 'utf8'),
) as {
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
};
const targets = dashboard.panels.flatMap(({ title, targets: list = [] }) =>
  list.map((target) => ({ title, ...target, expr: replaceVariables(target.expr) })),
);

/** Grafana replaces the interval before Prometheus parses the expression. */
function replaceVariables(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m');
}

let served: ReadonlyMap<string, ReadonlySet<string>> = new Map();
beforeAll(async () => {
  served = labelsOf(await everyMetric('ml'));
});

/** Returns the values of matchers that neither the table of metrics nor the statuses list. */
const unknownValues = ({ selectors }: Query): readonly string[] =>
  selectors.flatMap(({ metric, matchers }) =>
    matchers
      .filter(({ label }) => label !== 'job' && label !== 'instance')
      .flatMap(({ value }) => value.split('|'))
      .filter(
        (value) => !/^\d[\d.]*$/.test(value) && !(statuses as readonly string[]).includes(value),
      )
      .filter((value) => !rowOf(metric).includes(`\`${value}\``))
      .map((value) => `${metric} ${value}`),
  );

/** The row of a metric in the table of metrics. */
const rowOf = (metric: string): string =>
  page.split('\n').find((line) => line.startsWith(`| \`${metric}`)) ?? '';

describe('alerts', () => {
  test.each(rules)('$alert reads what Holdfast serves', ({ expr }) => {
    const query = parseQuery(expr);
    expect(query.selectors.length).toBeGreaterThan(0);
    expect(unknownNames(query, served)).toEqual([]);
    expect(unknownValues(query)).toEqual([]);
  });

  test.each(rules)('$alert shows labels that its series have', ({ expr, annotations }) => {
    const { selectors, groupings } = parseQuery(expr);
    const [first] = groupings;
    const ofSeries = selectors.flatMap(({ metric }) => [...(served.get(metric) ?? [])]);
    const labels = /^\s*sum by/.test(expr) ? first?.labels : [...ofSeries, 'job', 'instance'];
    const text = `${annotations.summary} ${annotations.description}`;
    const shown = [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    expect(labels).toEqual(expect.arrayContaining(shown));
  });

  test.each(rules)('$alert has a severity, and a section that says what to do', (rule) => {
    expect(['critical', 'warning', 'info']).toContain(rule.labels.severity);
    expect(rule.annotations.runbook).toBe(`docs/monitoring.md#${rule.alert.toLowerCase()}`);
    expect(page).toContain(`\n### ${rule.alert}\n`);
  });

  test('every section is about an alert', () => {
    const sections = [...page.matchAll(/^### (Holdfast\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(rules.map(({ alert }) => alert));
  });
});

describe('the dashboard', () => {
  test.each(targets)('$title: $expr', ({ expr, legendFormat }) => {
    const query = parseQuery(expr);
    expect(unknownNames(query, served)).toEqual([]);
    expect(unknownValues(query)).toEqual([]);
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    expect(query.groupings.flatMap(({ labels }) => labels)).toEqual(expect.arrayContaining(shown));
  });

  test('filters every series by the variables of the dashboard', () => {
    for (const { expr } of targets)
      for (const { matchers } of parseQuery(expr).selectors)
        expect(matchers).toEqual(
          expect.arrayContaining([
            { label: 'job', value: '$job' },
            { label: 'instance', value: '$instance' },
          ]),
        );
  });

  test('has its variables, which read what Holdfast serves', () => {
    const { list } = dashboard.templating;
    expect(list.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'datasource datasource',
      'job query',
      'instance query',
    ]);
    const read = list.flatMap(({ definition = '' }) => {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
      return selector === undefined ? [] : [{ selector, label }];
    });
    expect(read.map(({ label }) => label)).toEqual(['job', 'instance']);
    for (const { selector } of read) expect(unknownNames(parseQuery(selector), served)).toEqual([]);
  });

  test('shows every metric', () => {
    const shown = new Set(
      targets.flatMap(({ expr }) => parseQuery(expr).selectors.map(({ metric }) => metric)),
    );
    const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
    const missing = [...served.keys()].filter(
      (name) => ![...shown].some((metric) => base(metric) === base(name)),
    );
    expect(missing).toEqual([]);
  });

  test('has panels with an id, a place, and the data source of the variable', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const withoutData = panels.filter(
      ({ type, datasource, targets: list = [] }) =>
        type !== 'row' && (datasource?.uid !== '${datasource}' || list.length === 0),
    );
    expect(withoutData).toEqual([]);
    for (const [index, { gridPos: a }] of panels.entries())
      for (const { gridPos: b } of panels.slice(index + 1))
        expect(a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h).toBe(
          false,
        );
  });
});

test.each([
  ['holdfast_gone', ['holdfast_gone'], 'a metric that is not served'],
  ['holdfast_resources{state="x"}', ['holdfast_resources{state}'], 'a label that it does not have'],
  ['sum by (verb) (holdfast_resources)', ['holdfast_resources by verb'], 'a label to group by'],
  ['sum by (kind, job) (holdfast_resources)', [], 'labels that it has, and those of the target'],
])('%s is checked: %s: %s', (expr, unknown, _because) => {
  expect(unknownNames(parseQuery(expr), served)).toEqual(unknown);
});

test('an expression that cannot be parsed is an error', () => {
  expect(() => parseQuery('sum(')).toThrow(/no PromQL/);
});
