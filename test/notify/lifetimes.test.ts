import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/model/notify/alert.ts';
import { alertClasses } from '../../src/model/notify/alert.ts';
import type { Address } from '../../src/model/resource.ts';
import type { Routing } from '../../src/model/settings.ts';
import { followAlerts } from '../../src/notify/lifetimes.ts';
import type { TrackedAlert } from '../../src/model/notify/alert.ts';
import type { Findings } from '../../src/notify/findings.ts';

/** A pass: `drift a`, `drift a@ml` of an owner, `config`; with `incomplete` or `pending a` it decides less. */
interface Pass {
  readonly finds: readonly string[];
  readonly incomplete?: true;
  readonly pending?: readonly Address[];
}

const alertOf = (text: string): Alert => {
  const [alertClass = '', subject] = text.split(' ');
  const [name, owner] = subject?.split('@') ?? [];
  const found = alertClasses.find((candidate) => candidate === alertClass);
  if (!found) throw new Error(`no class ${alertClass}`);
  const resource = name === undefined ? { kind: null, name: null } : { kind: 'machines', name };
  const labels = owner === undefined ? {} : { labels: { owner } };
  return { class: found, ...resource, ...labels, since: 'S', reason: null };
};

const textOf = ({ class: alertClass, name }: Alert): string =>
  name === null ? alertClass : `${alertClass} ${name}`;

const minuteMs = 60_000;

/** Runs passes, a minute apart, for one sink, and returns what each one tells it. */
function told(
  passes: readonly Pass[],
  routing: Partial<Routing> = {},
  keepsAlerts = false,
): readonly string[] {
  let alerts: readonly TrackedAlert[] = [];
  let hasBaseline = false;
  return passes.map((pass, i) => {
    const findings: Findings = {
      workspace: 'default',
      pass: `P${i}`,
      complete: pass.incomplete !== true,
      at: new Date(i * minuteMs).toISOString(),
      alerts: pass.finds.map(alertOf),
      pending: new Set(pass.pending),
    };
    const sink = { on: alertClasses, kinds: null, labels: {}, settle: 1, remind: null, ...routing };
    const { write, forget, news } = followAlerts(
      { sink: 's', ...sink, keepsAlerts, hasBaseline, alerts },
      findings,
    );
    const changed = new Set([...write, ...forget].map(textOf));
    // The store keeps no labels.
    const kept = write.map(({ labels: _labels, ...alert }) => alert);
    alerts = [...alerts.filter((alert) => !changed.has(textOf(alert))), ...kept];
    hasBaseline ||= findings.complete;
    if (!news) return '-';
    const { event, opened, resolved } = news;
    return [
      event,
      ...opened.map((alert) => `+${textOf(alert)}`),
      ...resolved.map((alert) => `-${textOf(alert)}`),
    ].join(' ');
  });
}

const none: Pass = { finds: [] };

describe('what a sink is told in a row of passes', () => {
  test.each<{
    name: string;
    passes: readonly Pass[];
    routing?: Partial<Routing>;
    expected: readonly string[];
    because: string;
  }>([
    {
      name: 'an alert that opens and ends',
      passes: [none, { finds: ['drift a'] }, { finds: ['drift a'] }, none, none],
      expected: ['-', 'opened +drift a', '-', 'resolved -drift a', '-'],
      because: 'each is told once',
    },
    {
      name: 'alerts at the start',
      passes: [
        { finds: ['drift a', 'failed b'] },
        { finds: ['drift a'] },
        none,
        { finds: ['drift a'] },
      ],
      expected: ['baseline +drift a +failed b', '-', '-', 'opened +drift a'],
      because: 'the baseline is one message, and its alerts are news only if they come back',
    },
    {
      name: 'labels that match, and others',
      passes: [none, { finds: ['drift a@ml', 'drift b@ops', 'drift c', 'config'] }, none],
      routing: { labels: { owner: 'ml' } },
      expected: ['-', 'opened +drift a +config', 'resolved -drift a -config'],
      because: 'a sink gets the alerts of resources with its labels, and those without a resource',
    },
    {
      name: 'labels in the baseline',
      passes: [{ finds: ['drift a@ml', 'drift b@ops'] }, none],
      routing: { labels: { owner: 'ml' } },
      expected: ['baseline +drift a', '-'],
      because: 'it counts what the sink would get',
    },
    {
      name: 'another owner while it is open',
      passes: [none, { finds: ['drift a@ml'] }, { finds: ['drift a@ops'] }, none],
      routing: { labels: { owner: 'ml' } },
      expected: ['-', 'opened +drift a', '-', '-'],
      because: 'it is not over, so it is not called resolved',
    },
    {
      name: 'the owner gets it while it is open',
      passes: [none, { finds: ['drift a@ops'] }, { finds: ['drift a@ml'] }],
      routing: { labels: { owner: 'ml' } },
      expected: ['-', '-', 'opened +drift a'],
      because: 'it is news to the sink',
    },
    {
      name: 'reminders of labels',
      passes: [
        none,
        { finds: ['drift a@ml'] },
        { finds: ['drift a@ml'] },
        { finds: ['drift a@ops'] },
      ],
      routing: { labels: { owner: 'ml' }, remind: minuteMs },
      expected: ['-', 'opened +drift a', 'reminder +drift a', '-'],
      because: 'who no longer owns it is not reminded',
    },
    {
      name: 'an incomplete first pass',
      passes: [{ finds: ['drift a'], incomplete: true }, { finds: ['drift a'] }],
      expected: ['-', 'baseline +drift a'],
      because: 'only a complete pass is a baseline',
    },
    {
      name: 'settling',
      passes: [none, { finds: ['drift a'] }, none, { finds: ['drift a'] }, { finds: ['drift a'] }],
      routing: { settle: 2 },
      expected: ['-', '-', '-', '-', 'opened +drift a'],
      because: 'only passes in a row count',
    },
    {
      name: 'an incomplete pass between',
      passes: [
        none,
        { finds: ['drift a'] },
        { finds: ['drift a', 'drift b', 'incomplete'], incomplete: true },
        { finds: ['drift a'] },
      ],
      routing: { settle: 2, on: ['drift'] },
      expected: ['-', '-', '-', 'opened +drift a'],
      because: 'it neither counts nor interrupts',
    },
    {
      name: 'an incomplete pass after',
      passes: [none, { finds: ['drift a'] }, { finds: ['incomplete'], incomplete: true }, none],
      expected: ['-', 'opened +drift a', 'opened +incomplete', 'resolved -drift a -incomplete'],
      because: 'what it does not find may be there, and it is an alert itself',
    },
    {
      name: 'a resource that the API is at work on',
      passes: [
        none,
        { finds: ['drift a'] },
        { finds: [], pending: ['machines/a'] },
        { finds: ['drift a'] },
      ],
      expected: ['-', 'opened +drift a', '-', '-'],
      because: 'a start that is under way is no end of the alert',
    },
    {
      name: 'another condition of the same resource',
      passes: [none, { finds: ['drift a'] }, { finds: ['failed a'] }],
      expected: ['-', 'opened +drift a', 'opened +failed a -drift a'],
      because: 'each class has its own lifetime, and a pass sends one message',
    },
    {
      name: 'a broken config',
      passes: [none, { finds: ['config'] }, { finds: ['config'] }, none],
      routing: { settle: 5 },
      expected: ['-', 'opened +config', '-', 'resolved -config'],
      because: 'it does not settle by itself',
    },
    {
      name: 'classes that the sink does not want',
      passes: [none, { finds: ['drift a', 'failed b'] }, none],
      routing: { on: ['failed'] },
      expected: ['-', 'opened +failed b', 'resolved -failed b'],
      because: 'the others are not told, and not resolved',
    },
    {
      name: 'kinds that the sink does not want',
      passes: [none, { finds: ['drift a', 'config'] }],
      routing: { kinds: ['projects'] },
      expected: ['-', 'opened +config'],
      because: 'a config is of no kind',
    },
    {
      name: 'reminders',
      passes: [none, ...Array.from({ length: 5 }, () => ({ finds: ['drift a'] }))],
      routing: { remind: 2 * minuteMs },
      expected: ['-', 'opened +drift a', '-', 'reminder +drift a', '-', 'reminder +drift a'],
      because: 'the pause begins with the last message',
    },
    {
      name: 'a reminder that is due in a pass with news',
      passes: [
        none,
        { finds: ['drift a'] },
        { finds: ['drift a', 'drift b'] },
        { finds: ['drift a', 'drift b'] },
      ],
      routing: { remind: minuteMs },
      expected: ['-', 'opened +drift a', 'opened +drift b', 'reminder +drift a +drift b'],
      because: 'one pass sends one message, and news go first',
    },
  ])('$name: $because', ({ passes, routing, expected }) => {
    expect(told(passes, routing)).toEqual(expected);
  });
});

describe('what a sink whose receiver keeps alerts is told', () => {
  test.each<{
    name: string;
    passes: readonly Pass[];
    expected: readonly string[];
    because: string;
  }>([
    {
      name: 'alerts at the start',
      passes: [{ finds: ['drift a'] }, none, { finds: ['drift a'] }],
      expected: ['-', '-', 'opened +drift a'],
      because: 'a message that only counts opens nothing there',
    },
    {
      name: 'reminders in passes with news',
      passes: [
        none,
        { finds: ['drift a'] },
        { finds: ['drift a'] },
        { finds: ['drift a', 'drift b'] },
        { finds: ['drift b'] },
        { finds: ['drift b', 'drift c'] },
      ],
      expected: [
        '-',
        'opened +drift a',
        '-',
        'opened +drift b +drift a',
        'resolved -drift a',
        'opened +drift c +drift b',
      ],
      because: 'news would hold reminders back until the receiver forgets the alerts',
    },
    {
      name: 'reminders in incomplete passes',
      passes: [
        none,
        { finds: ['drift a'] },
        { finds: [], incomplete: true },
        { finds: [], incomplete: true },
        none,
      ],
      expected: ['-', 'opened +drift a', '-', 'reminder +drift a', 'resolved -drift a'],
      because: 'the alert is still open, and nothing is known of its end',
    },
  ])('$name: $because', ({ passes, expected }) => {
    expect(told(passes, { remind: 2 * minuteMs }, true)).toEqual(expected);
  });

  test('the end of an alert that is no longer sent there', () => {
    const open = {
      ...alertOf('drift a'),
      sink: 's',
      passes: 1,
      toldAt: 'T',
      state: 'open',
    } as const;
    const findings = {
      workspace: 'default',
      pass: 'P',
      complete: true,
      at: new Date(0).toISOString(),
      alerts: [alertOf('drift a')],
      pending: new Set<never>(),
    };
    const newsTo = (keepsAlerts: boolean) =>
      followAlerts(
        {
          sink: 's',
          on: ['failed'],
          kinds: null,
          labels: {},
          settle: 1,
          remind: null,
          keepsAlerts,
          hasBaseline: true,
          alerts: [open],
        },
        findings,
      ).news;
    expect(newsTo(true)).toMatchObject({ event: 'resolved', resolved: [{ name: 'a' }] });
    expect(newsTo(false)).toBeUndefined();
  });
});
