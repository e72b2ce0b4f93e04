import { describe, expect, test } from 'vitest';
import { stoppedReason, type FieldChange, type Verb } from '../../src/model/pass/plan.ts';
import type { Report, ReportedAction, ReportedResource } from '../../src/model/pass/report.ts';
import { toText } from '../../src/report/text.ts';
import { action, reportWith, resource } from '../support/reports.ts';

const change = (path: string, observed: unknown, desired: unknown): FieldChange => ({
  path,
  desired,
  observed,
});

const step = (verb: Verb, over: Partial<ReportedAction> = {}): ReportedAction => ({
  ...action,
  id: `machines/${over.name ?? 'a'}:${verb}`,
  verb,
  ...over,
});

const member = (
  verb: 'assign' | 'unassign' | 'update',
  name: string,
  over: Partial<ReportedAction> = {},
): ReportedAction =>
  step(verb, {
    id: `machines/a:${verb}(scripts/${name})`,
    relation: 'scripts',
    member: name,
    ...over,
  });

const larger = [change('machineType', 'A4000', 'A5000')];
const source = { file: 'team.yaml', line: 12, column: 3 };
const blame = { commit: '1a2b3c4d5e6f7890', author: 'Ada', at: '2026-11-01T00:00:00Z' };

const found = (
  status: ReportedResource['status'],
  over: Partial<ReportedResource> = {},
): ReportedResource => ({ ...resource, status, ...over });

/** The lines of the rows of a report, without the summary. */
const rowsOf = (over: Partial<Report>): readonly string[] =>
  toText(reportWith(over)).split('\n\n')[0]?.split('\n') ?? [];

interface Case {
  readonly because: string;
  readonly actions?: readonly ReportedAction[];
  readonly resources?: readonly ReportedResource[];
  readonly over?: Partial<Report>;
  readonly expected: readonly string[];
}

const check = ({ actions = [], resources = [], over = {}, expected, because }: Case): void =>
  expect(rowsOf({ actions, resources, ...over }), because).toEqual(expected);

describe('a resource that a selection only includes says why', () => {
  test.each<Case>([
    {
      because: 'with an action, after its steps',
      actions: [step('create')],
      resources: [found('missing', { included: 'machines/b refers to it' })],
      expected: ['  + create  machines/a  included, since machines/b refers to it'],
    },
    {
      because: 'without one, after its reason; similar ones may be included for other reasons',
      resources: ['a', 'b'].map((name) =>
        found('pending', { name, reason: 'at work', included: `projects/${name} refers to it` }),
      ),
      expected: [
        '  ! pending  machines/a  at work',
        '      included, since projects/a refers to it',
        '  ! pending  machines/b  at work',
        '      included, since projects/b refers to it',
      ],
    },
  ])('$because', check);
});

describe('the steps of a resource are one entry', () => {
  test.each<Case>([
    {
      because: 'commas separate steps, and an arrow is only ever a change',
      actions: [step('stop'), step('update', { changes: larger }), step('start')],
      expected: ['  ~ update  machines/a  stop, machineType: A4000 → A5000, start'],
    },
    {
      because: 'an entry stands where its first action stands, however others come between',
      actions: [
        step('stop', { name: 'b' }),
        step('start', { name: 'a' }),
        step('update', { name: 'b', changes: larger }),
      ],
      expected: [
        '  ~ update  machines/b  stop, machineType: A4000 → A5000',
        '  > start   machines/a',
      ],
    },
    {
      because: 'kinds have names of their own',
      actions: [step('start'), step('start', { kind: 'notebooks' })],
      expected: ['  > start  machines/a', '  > start  notebooks/a'],
    },
    {
      because: 'a lone verb is not repeated',
      actions: [step('stop')],
      expected: ['  . stop  machines/a'],
    },
    {
      because: 'without fields, as in a short comment, the steps are still told apart',
      actions: [step('stop'), step('update'), step('start')],
      expected: ['  ~ update  machines/a  stop, update, start'],
    },
    {
      because: 'without fields, a lone update is only its verb',
      actions: [step('update')],
      expected: ['  ~ update  machines/a'],
    },
    {
      because: 'a deletion names the live resource',
      actions: [step('stop'), step('delete', { resourceId: 'm1', liveName: 'old' })],
      expected: ['  - delete  machines/a  stop, id m1, live name old'],
    },
    {
      because: 'a replacement deletes one live resource and creates another',
      actions: [
        step('delete', { resourceId: 'm1' }),
        step('create', { changes: [change('region', null, 'ny2'), change('size', null, 5)] }),
      ],
      expected: ['  ± replace  machines/a  delete id m1, create, region: ny2, size: 5'],
    },
    {
      because: 'members are further lines, one for each relation and verb',
      actions: [
        step('update', { changes: larger }),
        member('assign', 'x'),
        member('unassign', 'y'),
        member('assign', 'z'),
        member('assign', 'x', { id: 'other', relation: 'drives' }),
      ],
      expected: [
        '  ~ update  machines/a  machineType: A4000 → A5000',
        '      assign scripts: x, z',
        '      unassign scripts: y',
        '      assign drives: x',
      ],
    },
    {
      because: 'members that are all that changes need no verb of their own',
      actions: [member('unassign', 'x'), member('unassign', 'y')],
      expected: ['  - unassign  machines/a  scripts: x, y'],
    },
    {
      because: 'a member whose value changes shows the change',
      actions: [
        member('update', 'ada', { changes: [change('scripts/ada', 'reader', 'admin')] }),
        member('update', 'bob'),
      ],
      expected: ['  ~ update  machines/a  scripts: scripts/ada: reader → admin, bob'],
    },
    {
      because: 'steps that do not fit beside the name stand below it, broken at 80 columns',
      actions: [
        step('create', {
          changes: Array.from({ length: 14 }, (_, index) =>
            change(`field${index}`, null, 'x'.repeat(9)),
          ),
        }),
      ],
      expected: [
        '  + create  machines/a',
        '      field0: xxxxxxxxx, field1: xxxxxxxxx, field2: xxxxxxxxx,',
        '      field3: xxxxxxxxx, field4: xxxxxxxxx, field5: xxxxxxxxx,',
        '      field6: xxxxxxxxx, field7: xxxxxxxxx, field8: xxxxxxxxx,',
        '      field9: xxxxxxxxx, field10: xxxxxxxxx, field11: xxxxxxxxx, and 2 more',
      ],
    },
    {
      because: 'a long name does not push the steps of others to the right',
      actions: [step('start', { name: 'n'.repeat(60) }), step('update', { changes: larger })],
      expected: [
        `  > start   machines/${'n'.repeat(60)}`,
        `  ~ update  machines/a${' '.repeat(26)}  machineType: A4000 → A5000`,
      ],
    },
  ])('$because', check);
});

const no = { outcome: 'failed', error: 'PUT /machines: 400' } as const;
const over = (reason: string) => ({ outcome: 'blocked', error: reason }) as const;

describe('outcomes are shown for each step where they differ', () => {
  test.each<Case>([
    {
      because: 'the failed step has its error, and the step that waited for it has none',
      actions: [
        step('stop', { outcome: 'done' }),
        step('update', { changes: larger, ...no }),
        step('start', {
          outcome: 'skipped',
          error: 'an action that it requires is not done',
          requires: ['machines/a:update'],
        }),
      ],
      expected: [
        '  ~ update  machines/a',
        '      stop (done), machineType: A4000 → A5000 (failed), start (skipped)',
        '      update failed: PUT /machines: 400',
      ],
    },
    {
      because: 'a step that waits for another resource says so',
      actions: [
        step('start', { outcome: 'skipped', error: 'not done', requires: ['machines/b:stop'] }),
      ],
      expected: ['  > start  machines/a  skipped: not done'],
    },
    {
      because: 'one reason blocks all steps, and is there once',
      actions: [
        step('stop', over('too many')),
        step('update', { changes: larger, ...over('too many') }),
        step('start', over('waits for machines/a:update')),
      ],
      expected: [
        '  ! update  machines/a  stop, machineType: A4000 → A5000, start',
        '      blocked: too many',
      ],
    },
    {
      because:
        'a step that is blocked for another reason has it, and so has one that waits elsewhere',
      actions: [
        step('update', { changes: larger, ...over('too many') }),
        step('start', over('waits for machines/b:start')),
      ],
      expected: [
        '  ! update  machines/a  machineType: A4000 → A5000, start',
        '      update blocked: too many',
        '      start blocked: waits for machines/b:start',
      ],
    },
    {
      because: 'one member of several is blocked',
      actions: [member('assign', 'x'), member('assign', 'y', over('no region'))],
      expected: [
        '  ! assign  machines/a  scripts: x, y (blocked)',
        '      assign scripts/y blocked: no region',
      ],
    },
    {
      because: 'the verb of the entry is a step of its own if it has an outcome of its own',
      actions: [
        step('create', { outcome: 'done', changes: [change('size', null, 5)] }),
        member('assign', 'x', no),
      ],
      expected: [
        '  + create  machines/a  create (done), size: 5',
        '      assign scripts: x (failed)',
        '      assign scripts/x failed: PUT /machines: 400',
      ],
    },
    {
      because: 'an error of many members names the first ones',
      actions: [
        step('stop', { outcome: 'done' }),
        ...['u', 'v', 'w', 'x', 'y'].map((name) => member('assign', name, no)),
      ],
      expected: [
        '  ~ update  machines/a  stop (done)',
        '      assign scripts: u (failed), v (failed), w (failed), x (failed),',
        '      y (failed)',
        '      assign scripts/u, assign scripts/v, assign scripts/w and 2 more failed: PUT /machines: 400',
      ],
    },
    {
      because: 'a job is running',
      actions: [step('create', { outcome: 'pending', changes: [change('size', null, 5)] })],
      expected: ['  + create  machines/a  size: 5', '      pending'],
    },
    {
      because: 'what was not started at the end is counted, not listed',
      actions: [
        step('stop', { outcome: 'done' }),
        step('start', { outcome: 'skipped', error: stoppedReason }),
        step('start', { name: 'b', outcome: 'skipped', error: stoppedReason }),
      ],
      resources: [found('drifted'), found('drifted', { name: 'b' })],
      expected: ['  . stop  machines/a'],
    },
    {
      because: 'a remark is there once',
      actions: [step('stop', { note: 'almost b' }), step('start', { note: 'almost b' })],
      expected: ['  ~ update  machines/a  stop, start', '      almost b'],
    },
  ])('$because', check);
});

describe('a resource has one entry, with what its actions do not say', () => {
  test.each<Case>([
    {
      because: 'the reason and the difference that no action ends are in the entry',
      actions: [step('update', { changes: larger })],
      resources: [
        found('blocked', {
          reason: 'region is fixed',
          changes: [...larger, change('region', 'ny2', 'ca1')],
        }),
      ],
      expected: [
        '  ! update  machines/a  machineType: A4000 → A5000',
        '      blocked: region is fixed',
        '      region: ny2 → ca1',
      ],
    },
    {
      because: 'contention of one field is shown beside the update of the others',
      actions: [step('update', { changes: larger })],
      resources: [found('contended', { reason: 'size: changed again' })],
      expected: [
        '  ! update  machines/a  machineType: A4000 → A5000',
        '      contended: size: changed again',
      ],
    },
    {
      because: 'a reason that joins that of an action is shown without it',
      actions: [step('stop', over('too many'))],
      resources: [found('blocked', { reason: 'region is fixed; too many' })],
      expected: ['  ! stop  machines/a  blocked: too many', '      blocked: region is fixed'],
    },
    {
      because: 'the reason of a failed resource repeats the error of its action',
      actions: [step('stop', no)],
      resources: [found('failed', { reason: 'machines/a:stop: PUT /machines: 400' })],
      expected: ['  . stop  machines/a  failed: PUT /machines: 400'],
    },
    {
      because: 'a reason of a planned change is no obstacle',
      actions: [step('stop')],
      resources: [found('drifted', { reason: 'owed' })],
      expected: ['  . stop  machines/a'],
    },
    {
      because: 'resources without actions follow, and what is in sync or unmanaged does not',
      actions: [step('start', { name: 'z' })],
      resources: [
        found('orphaned', { name: 'o' }),
        found('inSync', { name: 'i' }),
        found('unmanaged', { name: 'u' }),
        found('missing', { name: 'm' }),
        found('inSync', { name: 'z' }),
        found('drifted', { name: 'd', changes: larger }),
      ],
      expected: [
        '  > start     machines/z',
        '  ! orphaned  machines/o',
        '  ! drifted   machines/d  machineType: A4000 → A5000',
      ],
    },
  ])('$because', check);
});

const observe = { mode: 'observe' } as const;
const old = { since: '2026-11-18T09:55:30.000Z' } as const;
const update = [step('update', { changes: larger })];

describe('an entry says where its resource is declared, and since when it is out of sync', () => {
  test.each<Case & { readonly line: string | undefined }>([
    {
      because: 'drift that is only observed is looked up in the YAML',
      actions: update,
      resources: [found('drifted', { ...old, source })],
      over: observe,
      line: 'team.yaml:12:3 · drifted since 2026-11-18T09:55Z, 3 days',
      expected: [],
    },
    {
      because: 'with Git, the line has an author',
      actions: update,
      resources: [found('drifted', { source: { ...source, blame } })],
      over: observe,
      line: 'team.yaml:12:3 by Ada in 1a2b3c4d5e6f',
      expected: [],
    },
    {
      because: 'drift that this pass ends needs no position',
      actions: update,
      resources: [found('drifted', { ...old, source })],
      line: 'drifted since 2026-11-18T09:55Z, 3 days',
      expected: [],
    },
    {
      because: 'it has drifted in this pass',
      actions: update,
      resources: [found('drifted', { source })],
      line: undefined,
      expected: [],
    },
    {
      because: 'it was corrected in this pass, however long it has been in sync',
      actions: [step('update', { changes: larger, outcome: 'done' })],
      resources: [found('inSync', { ...old, source })],
      over: observe,
      line: undefined,
      expected: [],
    },
    ...(['blocked', 'failed', 'ambiguous', 'contended'] as const).map((status) => ({
      because: `${status} without an action`,
      resources: [found(status, { ...old, source, reason: 'no' })],
      line: `team.yaml:12:3 · ${status} since 2026-11-18T09:55Z, 3 days`,
      expected: [],
    })),
    ...(['failed', 'blocked', 'skipped'] as const).map((outcome) => ({
      because: `a missing resource whose create was ${outcome}`,
      actions: [step('create', { outcome, error: 'no' })],
      resources: [found('missing', { source })],
      line: 'team.yaml:12:3',
      expected: [],
    })),
    {
      because: 'a missing resource that is about to be created is no trouble',
      actions: [step('create')],
      resources: [found('missing', { source })],
      over: observe,
      line: undefined,
      expected: [],
    },
    {
      because: 'an orphan has no line in the YAML',
      resources: [found('orphaned', old)],
      line: 'orphaned since 2026-11-18T09:55Z, 3 days',
      expected: [],
    },
  ])('$because', ({ line, actions = [], resources = [], over: other = {}, because }) => {
    const last = rowsOf({ actions, resources, ...other }).join('\n');
    const lines = [...last.matchAll(/(?:team\.yaml|\w+ since ).*/g)].map(([text]) => text);
    expect(lines, because).toEqual(line === undefined ? [] : [line]);
  });
});

test.each([
  {
    because: 'it was done',
    actions: [step('create', { outcome: 'done' })],
    head: 'green:+ create',
  },
  { because: 'it is planned', actions: [step('stop'), step('start')], head: 'yellow:~ update' },
  { because: 'it failed', actions: [step('create', no)], head: 'red:+ create' },
  { because: 'it is blocked', actions: [step('create', over('no'))], head: 'red:! create' },
  {
    because: 'one of two was skipped',
    actions: [step('stop', { outcome: 'done' }), step('start', { outcome: 'skipped' })],
    head: 'red:~ update',
  },
])('the colour of an entry says that $because', ({ actions, head }) => {
  const text = toText(reportWith({ actions }), (style, piece) => `<${style}:${piece}>`);
  expect(text.split('\n')[0]).toContain(`<${head}>`);
});

test('what failed is red in the summary', () => {
  const report = reportWith({ actions: [step('create', no)] });
  expect(toText(report, (style, piece) => `<${style}:${piece}>`)).toContain(
    '\n<red:1 failed: machines/a>\n<bold:1 action failed>: ',
  );
});
