import { describe, expect, test } from 'vitest';
import { ApiError, type Api } from '../../../src/model/api.ts';
import type { Shortage } from '../../../src/model/memory.ts';
import type { Action } from '../../../src/model/pass/plan.ts';
import type { Desired, Spec } from '../../../src/model/resource.ts';
import type { Prepared } from '../../../src/reconcile/workspace.ts';
import { fingerprintsOf } from '../../../src/reconcile/compare/fingerprints.ts';
import { locksOf } from '../../../src/reconcile/guard/locks.ts';
import {
  askCapacity,
  nextShortage,
  runWithCapacity,
} from '../../../src/reconcile/guard/capacity.ts';
import {
  actionsOf,
  bound,
  catalog,
  declared,
  have,
  live,
  now,
  planFor,
  want,
} from '../../support/team.ts';
import { spellingsIn } from '../../../src/reconcile/compare/spelling.ts';

const machine = (name: string, machineType = 'C5') =>
  want('machines', name, {
    machineType,
    template: live('osTemplates', 'Ubuntu'),
    region: 'ny2',
    diskSize: 50,
  });
const network = want('privateNetworks', 'n', { region: 'ny2' });
const ubuntu = have('osTemplates', 'Ubuntu', {});
const byAddress = (all: readonly Desired[]) =>
  new Map(all.map((resource) => [resource.address, resource]));
const refusal = (message = 'no', verdict: ApiError['verdict'] = 'rejected') =>
  new ApiError(message, { verdict });

/** The kinds, with machines whose capacity `isThere` decides. */
const stocked = (isThere: (type: unknown) => boolean, asked: unknown[] = []) => {
  const kinds = new Map(catalog.kinds);
  const machines = kinds.get('machines');
  if (!machines) throw new Error('there are machines');
  kinds.set('machines', {
    ...machines,
    capacity: {
      nameOf: ({ machineType }) => String(machineType),
      isAvailable: async (_api, { machineType }) => {
        asked.push(machineType);
        return isThere(machineType);
      },
      isRefusal: ({ message }) => message === 'none left',
    },
  });
  return { ...catalog, kinds };
};

describe('missing capacity', () => {
  const throwing = (error: Error) => (): boolean => {
    throw error;
  };
  test.each<{
    name: string;
    because: string;
    want?: readonly Desired[];
    have?: readonly string[];
    isThere?: (type: unknown) => boolean;
    shortages?: readonly [string, Shortage][];
    short: readonly string[];
    asked: readonly string[];
  }>([
    { name: 'enough', because: 'nothing is held', short: [], asked: ['C5'] },
    {
      name: 'none',
      because: 'it would be refused',
      isThere: () => false,
      short: ['machines/a:create the API has no C5 now'],
      asked: ['C5'],
    },
    {
      name: 'two of one type',
      because: 'it is requested once',
      want: [machine('a'), machine('b'), machine('c', 'C7')],
      isThere: (type) => type === 'C7',
      short: ['machines/a:create the API has no C5 now', 'machines/b:create the API has no C5 now'],
      asked: ['C5', 'C7'],
    },
    {
      name: 'a kind without capacity',
      because: 'it cannot run out',
      want: [network],
      isThere: () => false,
      short: [],
      asked: [],
    },
    {
      name: 'a live resource',
      because: 'only a create requires capacity',
      want: [machine('a', 'C7')],
      have: ['a'],
      isThere: () => false,
      short: [],
      asked: [],
    },
    {
      name: 'refused a while ago',
      because: 'the API is asked in every pass, and its present answer counts',
      shortages: [['C5', { refusals: 3, retryAt: '2026-11-21T10:00:30.000Z' }]],
      short: [],
      asked: ['C5'],
    },
    {
      name: 'no answer',
      because: 'without an answer nothing is blocked',
      isThere: throwing(refusal()),
      short: [],
      asked: ['C5'],
    },
  ])('$name: $because', async ({ isThere = () => true, shortages = [], short, ...row }) => {
    const wanted = row.want ?? [machine('a')];
    const asked: unknown[] = [];
    const plan = planFor({
      want: wanted,
      have: [
        ubuntu,
        ...(row.have ?? []).map((name) =>
          have('machines', name, { machineType: 'C5', region: 'ny2', diskSize: 50, state: 'off' }),
        ),
      ],
    });
    const { held } = await askCapacity(
      plan,
      { shortages: new Map(shortages) },
      {
        catalog: stocked(isThere, asked),
        desired: byAddress(wanted),
        spellings: spellingsIn(new Map()),
        now: () => now,
      },
      {} as Api,
    );
    expect([...held].map((pair) => pair.join(' '))).toEqual(short);
    expect(asked).toEqual(row.asked);
  });

  test('is not requested for actions that are blocked already', async () => {
    const asked: unknown[] = [];
    const plan = planFor({ want: [machine('a')] });
    expect(actionsOf(plan).join()).toContain('blocked');
    const input = {
      catalog: stocked(() => false, asked),
      desired: byAddress([machine('a')]),
      spellings: spellingsIn(new Map()),
      now: () => now,
    };
    const { held } = await askCapacity(plan, { shortages: new Map() }, input, {} as Api);
    expect(held.size).toBe(0);
    expect(asked).toEqual([]);
  });

  test('a bug rejects', async () => {
    const plan = planFor({ want: [machine('a')], have: [ubuntu] });
    const input = {
      catalog: stocked(throwing(new TypeError('a bug'))),
      desired: byAddress([machine('a')]),
      spellings: spellingsIn(new Map()),
      now: () => now,
    };
    const asking = askCapacity(plan, { shortages: new Map() }, input, {} as Api);
    await expect(asking).rejects.toThrow('a bug');
  });

  test('answers are recorded: growing delays of a shortage, and its end', async () => {
    const wanted = [machine('a'), machine('b', 'C7')];
    const plan = planFor({ want: wanted, have: [ubuntu] });
    const before = { refusals: 1, retryAt: now.toISOString() };
    const { shortages, available } = await askCapacity(
      plan,
      { shortages: new Map([['C5', before]]) },
      {
        catalog: stocked((type) => type === 'C7'),
        desired: byAddress(wanted),
        spellings: spellingsIn(new Map()),
        now: () => now,
      },
      {} as Api,
    );
    expect([...shortages]).toEqual([['C5', { refusals: 2, retryAt: '2026-11-21T10:00:20.000Z' }]]);
    expect(available).toEqual(['C7']);
  });

  test.each([
    { refusals: 0, because: 'the first delay is ten seconds', pause: 10 },
    { refusals: 3, because: 'it doubles with each refusal', pause: 80 },
    { refusals: 50, because: 'the maximum is ten minutes', pause: 600 },
  ])('$because', ({ refusals, pause }) => {
    const before = refusals === 0 ? undefined : { refusals, retryAt: '' };
    expect(nextShortage(before, now)).toEqual({
      refusals: refusals + 1,
      retryAt: new Date(now.getTime() + pause * 1000).toISOString(),
    });
  });
});

describe('a refusal for lack of capacity', () => {
  const { actions } = planFor({
    want: [machine('a'), machine('b'), machine('c', 'C7'), network],
    have: [ubuntu],
  });
  const of = (name: string): Action => {
    const found = actions.find((action) => action.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };
  const running = () =>
    runWithCapacity({
      catalog: stocked(() => true),
      desired: byAddress([machine('a'), machine('b'), machine('c', 'C7'), network]),
      spellings: spellingsIn(new Map()),
      now: () => now,
    });
  const failing = (error: Error) => async (): Promise<never> => {
    throw error;
  };
  const done = async (): Promise<string> => 'done';

  test.each([
    {
      name: 'a refusal for lack of capacity',
      because: 'other creates of the same type are not sent in this pass',
      first: 'a',
      error: refusal('none left'),
      second: 'b',
      verdict: 'unavailable',
      ends: 'not sent: the API has just refused C5 for lack of capacity',
    },
    {
      name: 'a refusal for lack of another type',
      because: 'there may be capacity of this type',
      first: 'c',
      error: refusal('none left'),
      second: 'b',
      verdict: 'unavailable',
      ends: 'done',
    },
    {
      name: 'another refusal',
      because: 'it is not about capacity',
      first: 'a',
      error: refusal('the name is bad'),
      second: 'b',
      verdict: 'rejected',
      ends: 'done',
    },
    {
      name: 'a refusal of a kind without capacity',
      because: 'it cannot run out',
      first: 'n',
      error: refusal('none left'),
      second: 'a',
      verdict: 'rejected',
      ends: 'done',
    },
    {
      name: 'a bug',
      because: 'it is not a response of the API',
      first: 'a',
      error: new TypeError('none left'),
      second: 'b',
      verdict: undefined,
      ends: 'done',
    },
  ])('$name: $because', async ({ first, error, second, verdict, ends }) => {
    const run = running();
    const failure: unknown = await run(of(first), failing(error)).catch(
      (reason: unknown) => reason,
    );
    expect(failure).toMatchObject({ message: error.message, ...(verdict ? { verdict } : {}) });
    const next = run(of(second), done);
    await expect(next.catch((reason: ApiError) => reason.message)).resolves.toBe(ends);
  });
});

describe('the locks of an action', () => {
  const template = (reference: unknown) => want('customTemplates', 't', { machine: reference });
  const action = (kind: string, name: string, verb: string, over: object = {}) =>
    ({ id: '', kind, name, verb, ...over }) as unknown as Action;
  test.each<{ because: string; action: Action; desired?: Desired; locks: readonly string[] }>([
    {
      because: 'a machine runs one job at a time',
      action: action('machines', 'm', 'stop'),
      locks: ['machines/m'],
    },
    {
      because: 'changes of members are not jobs',
      action: action('machines', 'm', 'assign', { relation: 'accessors' }),
      locks: [],
    },
    {
      because: 'a template is made from an idle machine',
      action: action('customTemplates', 't', 'create'),
      desired: template(declared('machines', 'm')),
      locks: ['machines/m'],
    },
    {
      because: 'a pinned machine is locked too',
      action: action('customTemplates', 't', 'create'),
      desired: template({ by: 'id', kind: 'machines', id: 'm1' }),
      locks: ['machines/m1'],
    },
    {
      because: 'renaming a template is not a job',
      action: action('customTemplates', 't', 'update'),
      desired: template(declared('machines', 'm')),
      locks: [],
    },
    {
      because: 'a member of a relation is not a source',
      action: action('startupScripts', 's', 'create'),
      desired: want('startupScripts', 's', { assignedMachines: [declared('machines', 'm')] }),
      locks: [],
    },
    {
      because: 'a network runs no jobs',
      action: action('sharedDrives', 'd', 'create'),
      desired: want('sharedDrives', 'd', { network: declared('privateNetworks', 'n') }),
      locks: [],
    },
    {
      because: 'an undeclared resource has no references',
      action: action('customTemplates', 't', 'create'),
      locks: [],
    },
    {
      because: 'nor does an unknown kind',
      action: action('ghosts', 'g', 'create'),
      desired: want('ghosts', 'g', {}),
      locks: [],
    },
  ])('$locks: $because', ({ action: one, desired, locks }) => {
    expect(locksOf(catalog, byAddress(desired ? [desired] : []), one)).toEqual(locks);
  });
});

describe('fingerprints', () => {
  const script = (spec: Spec = {}, lifecycle = {}) => want('startupScripts', 's', spec, lifecycle);
  const secret = (value: object) =>
    new Map([['startupScripts/s', new Map([['script', value]])]]) as unknown as Prepared['values'];
  const seen = (over: { declared?: Desired; values?: Prepared['values']; live?: object } = {}) => {
    const items = [have('startupScripts', 's', { isEnabled: true }, over.live)];
    const plan = planFor({
      want: [script()],
      have: items,
      memory: { bindings: new Map([['startupScripts/s', bound('id-s')]]) },
    });
    const snapshot = new Map([
      [
        'startupScripts',
        {
          kind: 'startupScripts',
          complete: true as const,
          items,
          byId: new Map(items.map((item) => [item.id, item])),
          named: () => [],
        },
      ],
    ]);
    const desired = byAddress([over.declared ?? script()]);
    return fingerprintsOf(desired, over.values ?? new Map(), snapshot, plan);
  };
  const at = 'startupScripts/s';
  test.each<{ name: string; because: string; over: Parameters<typeof seen>[0]; changes: string }>([
    { name: 'nothing', because: 'equal resources have equal fingerprints', over: {}, changes: '' },
    {
      name: 'its spec',
      because: 'the desired state differs',
      over: { declared: script({ isRunOnce: true }) },
      changes: 'yaml both',
    },
    {
      name: 'its lifecycle',
      because: 'it is managed differently',
      over: { declared: script({}, { allowStop: true }) },
      changes: 'yaml both',
    },
    {
      name: 'a secret',
      because: 'the text differs',
      over: { values: secret({ ok: true, digest: 'd' }) },
      changes: 'yaml both',
    },
    {
      name: 'a secret that cannot be read',
      because: 'it has no digest',
      over: { values: secret({ ok: false, because: 'b' }) },
      changes: 'yaml both',
    },
    {
      name: 'its live name',
      because: 'somebody changed it',
      over: { live: { name: 't' } },
      changes: 'live both',
    },
    {
      name: 'its live fields',
      because: 'somebody changed it',
      over: { live: { spec: { isEnabled: false } } },
      changes: 'live both',
    },
    {
      name: 'its readiness',
      because: 'a job is running',
      over: { live: { ready: false } },
      changes: 'live both',
    },
    {
      name: 'its id',
      because: 'it is another resource',
      over: { live: { id: 'other' } },
      changes: 'live both',
    },
  ])('$name: $because', ({ over, changes }) => {
    const [before, after] = [seen(), seen(over)];
    const differing = (['yaml', 'live', 'both'] as const).filter(
      (name) => before[name](at) !== after[name](at),
    );
    expect(differing.join(' ')).toBe(changes);
  });

  test('of two texts of a secret differ', () => {
    const of = (digest: string) => seen({ values: secret({ ok: true, digest }) }).yaml(at);
    expect(of('a')).not.toBe(of('b'));
  });
});
