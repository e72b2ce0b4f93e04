import { expect, test } from 'vitest';
import { stoppedReason } from '../../src/model/pass/plan.ts';
import { toText } from '../../src/report/text.ts';
import { action, reportWith, resource } from '../support/reports.ts';

const { summary } = reportWith();

test('of many resources blocked for one reason, five are named, and the others are counted', () => {
  const held = (name: string, reason: string) =>
    ({ ...resource, name, status: 'blocked', reason }) as const;
  const text = toText(
    reportWith({
      summary: { ...summary, blocked: 9 },
      resources: [
        ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => held(name, 'no list')),
        held('h', 'no region'),
        {
          ...held('i', 'no list'),
          changes: [{ path: 'region', desired: 'ca1', observed: 'ny2' }],
        },
      ],
    }),
  );
  expect(text.split('\n').slice(0, 9)).toEqual([
    '  ! blocked  machines/a              no list',
    '  ! blocked  machines/b              no list',
    '  ! blocked  machines/c              no list',
    '  ! blocked  machines/d              no list',
    '  ! blocked  machines/e              no list',
    '  ! blocked  and 2 more of machines  for the same reason',
    '  ! blocked  machines/h              no region',
    '  ! blocked  machines/i              no list',
    '      region: ny2 → ca1',
  ]);
});

test('a plan has an entry per resource, with old and new values, and a summary', () => {
  const text = toText(
    reportWith({
      summary: {
        ...summary,
        drifted: 1,
        missing: 1,
        blocked: 1,
        actions: { ...summary.actions, create: 1, update: 1, assign: 1 },
      },
      resources: [
        { ...resource, status: 'drifted' },
        {
          ...resource,
          name: 'c',
          status: 'blocked',
          reason: 'region is fixed at creation',
          source: { file: 'team.yaml', line: 12, column: 3 },
          changes: [{ path: 'region', desired: 'ca1', observed: 'ny2' }],
        },
      ],
      actions: [
        {
          ...action,
          id: 'machines/new:create',
          verb: 'create',
          name: 'new',
          changes: [
            { path: 'machineType', desired: 'C5', observed: null },
            { path: 'state', desired: { running: 'Mon-Fri 08:00-19:00' }, observed: null },
          ],
        },
        {
          ...action,
          id: 'machines/a:update',
          verb: 'update',
          changes: [
            { path: 'autoShutdownTimeout', desired: 24, observed: 8 },
            { path: 'script', desired: '(text)', observed: null },
          ],
        },
        {
          ...action,
          id: 'startupScripts/s:assign(assignedMachines/a)',
          verb: 'assign',
          kind: 'startupScripts',
          name: 's',
          relation: 'assignedMachines',
          member: 'a',
        },
        {
          ...action,
          id: 'startupScripts/s:assign(assignedMachines/b (old))',
          verb: 'assign',
          kind: 'startupScripts',
          name: 's',
          relation: 'assignedMachines',
          member: 'b (old)',
        },
      ],
      estimate: { requests: 3, seconds: 1 },
      cost: {
        currency: 'USD',
        unpriced: ['C5'],
        hourly: { managed: 1.5, unmanaged: 0.25, change: -0.5 },
        monthly: { change: -365 },
      },
    }),
  );
  expect(text).toBe(
    [
      '  + create   machines/new',
      '      machineType: C5, state: {"running":"Mon-Fri 08:00-19:00"}',
      '  ~ update   machines/a        autoShutdownTimeout: 8 → 24, script: (text)',
      '  + assign   startupScripts/s  assignedMachines: a, b (old)',
      '  ! blocked  machines/c        region is fixed at creation',
      '      region: ny2 → ca1',
      '      team.yaml:12:3',
      '',
      '1 to create, 1 to update, 1 to assign: 1 drifted, 1 missing, 1 blocked.',
      '3 API calls, about 1 s at the current rate · at least 1.75 USD/h now, -0.50 USD/h (-365.00 USD/month) · no price known for C5 (settings.prices)',
      '',
    ].join('\n'),
  );
});

test('nothing to do', () => {
  expect(
    toText(
      reportWith({
        summary: { ...summary, inSync: 3, unmanaged: 2 },
        api: {
          requests: 4,
          retries: 0,
          rateLimited: 0,
          waitedMs: 0,
          throttle: { rate: 10, waiting: 0, running: 0, refused: 0, headroom: 1 },
        },
      }),
    ),
  ).toBe('All in sync, nothing to do. 3 in sync, 2 unmanaged.\n4 API requests\n');
});

test('an applied plan counts the done actions, and a failure shows its error', () => {
  const text = toText(
    reportWith({
      summary: { ...summary, inSync: 1, failed: 1, actions: { ...summary.actions, create: 2 } },
      actions: [
        { ...action, id: 'machines/a:create', verb: 'create', outcome: 'done' },
        {
          ...action,
          id: 'machines/b:create',
          verb: 'create',
          name: 'b',
          outcome: 'failed',
          error: 'POST /machines: 400 Bad Request',
        },
      ],
    }),
  );
  expect(text).toContain('machines/b  failed: POST /machines: 400 Bad Request\n');
  expect(text).toContain(
    '\n\n1 failed: machines/b\n1 created, 1 action failed: 1 in sync, 1 failed.\n',
  );
});

const failing = (name: string) =>
  ({ ...action, id: `machines/${name}:stop`, verb: 'stop', name, ...no }) as const;
const no = { outcome: 'failed', error: 'no' } as const;
const names = ['b', 'c', 'd', 'e', 'f', 'g', 'h'];

test.each([
  {
    because: 'an action, and a resource that failed before, once each',
    actions: [failing('a'), failing('a')],
    failed: ['a', 'b'],
    expected: ['2 failed: machines/a, machines/b'],
  },
  {
    because: 'five are named',
    actions: names.map(failing),
    failed: [],
    expected: ['7 failed: machines/b, machines/c, machines/d, machines/e, machines/f and 2 more'],
  },
  {
    because: 'none is left out for a single one more',
    actions: names.slice(0, 5).map(failing),
    failed: [],
    expected: ['5 failed: machines/b, machines/c, machines/d, machines/e, machines/f'],
  },
  {
    because: 'control characters are visible',
    actions: [failing('\u001b[2J')],
    failed: [],
    expected: [String.raw`1 failed: machines/\u001b[2J`],
  },
  {
    because: 'nothing failed',
    actions: [{ ...failing('a'), outcome: 'done', error: null } as const],
    failed: [],
    expected: [],
  },
])('the summary names what failed first: $because', ({ actions, failed, expected, because }) => {
  const resources = failed.map((name) => ({ ...resource, status: 'failed', name }) as const);
  const text = toText(reportWith({ actions, resources }));
  expect(
    text.split('\n').filter((line) => /^\d+ failed: /.test(line)),
    because,
  ).toEqual(expected);
});

test.each([
  {
    because: 'a list is named as incomplete',
    over: { incomplete: [{ kind: 'machines', error: '500' }] },
    expected: 'Not everything could be listed',
  },
  { because: 'the plan is not complete', over: { complete: false }, expected: 'Not everything' },
  {
    because: 'an action was skipped, though its resource is an orphan',
    over: {
      actions: [{ ...failing('a'), outcome: 'skipped', error: stoppedReason } as const],
      summary: { ...summary, orphaned: 1 },
    },
    expected: 'Not in sync: 1 orphaned',
  },
  {
    because: 'an action failed',
    over: { actions: [failing('a')] },
    expected: '1 action failed: no resources',
  },
  {
    because: 'a resource failed',
    over: { summary: { ...summary, failed: 1 } },
    expected: 'Not in sync: 1 failed',
  },
])('never is there nothing to do if $because', ({ over, expected }) => {
  const text = toText(reportWith(over));
  expect(text).toContain(expected);
  expect(text).not.toMatch(/nothing to do|All in sync/);
});

test('an incomplete list comes first', () => {
  const text = toText(
    reportWith({
      complete: false,
      incomplete: [{ kind: 'machines', error: 'GET /machines: 500' }],
    }),
  );
  expect(text.split('\n')[0]).toBe(
    'machines could not be listed to the end, so none is created, deleted or called missing: GET /machines: 500',
  );
});

test('a stopped pass has one line with the number of remaining actions', () => {
  const text = toText(
    reportWith({
      actions: [
        { ...action, id: 'machines/a:create', verb: 'create', outcome: 'done' },
        ...['b', 'c'].map((name) => ({
          ...action,
          id: `machines/${name}:create`,
          verb: 'create' as const,
          name,
          outcome: 'skipped' as const,
          error: stoppedReason,
        })),
      ],
    }),
  );
  expect(text.split('\n').slice(0, 4)).toEqual([
    '  + create  machines/a',
    '',
    'Stopped: 2 actions are left of 3.',
    expect.stringMatching(/^1 created/),
  ]);
});

test.each([
  ['All in sync, nothing to do. 3 in sync.', { inSync: 3 }, true, [], 'nothing is wrong'],
  [
    'All in sync, nothing to do. 1 orphaned.',
    { orphaned: 1 },
    true,
    [],
    'an orphaned resource needs no attention',
  ],
  ['All in sync, nothing to do. no resources.', {}, true, [], 'nothing is declared'],
  ['Not in sync: 1 failed.', { failed: 1 }, true, [], 'a resource failed without an action'],
  ['Not in sync: 1 pending.', { pending: 1 }, true, [], 'a job is running'],
  ['Not in sync: 1 blocked.', { blocked: 1 }, true, [], 'a resource is blocked'],
  ['Not in sync: 1 ambiguous.', { ambiguous: 1 }, true, [], 'somebody has to decide'],
  ['Not in sync: 1 contended.', { contended: 1 }, true, [], 'somebody else changes it'],
  ['1 action failed: 1 failed.', { failed: 1 }, true, ['failed'], 'nothing else was done'],
  ['2 actions failed: 1 failed.', { failed: 1 }, true, ['failed', 'failed'], 'likewise'],
  ['1 created, 1 action failed: 1 failed.', { failed: 1 }, true, ['done', 'failed'], 'both'],
  ['Not everything could be listed: 3 in sync.', { inSync: 3 }, false, [], 'nobody knows'],
  [
    'Not in sync: 1 blocked.',
    { blocked: 1 },
    false,
    [],
    'the statuses count before the incomplete list',
  ],
] as const)(
  'the headline is "%s" for %j, complete: %s, with %j',
  (expected, counts, complete, outcomes, because) => {
    const actions = outcomes.map((outcome) => ({
      ...action,
      id: 'machines/a:create',
      verb: 'create' as const,
      outcome,
      error: outcome === 'failed' ? 'no' : null,
    }));
    const text = toText(reportWith({ complete, summary: { ...summary, ...counts }, actions }));
    expect(text, because).toContain(expected);
  },
);
