import { describe, expect, test } from 'vitest';
import { ApiError, type Api, type WriteObserver } from '../../../src/model/api.ts';
import type { Relation } from '../../../src/model/kind/capabilities.ts';
import type { Listed, ResourceKind } from '../../../src/model/kind/kind.ts';
import type { Action } from '../../../src/model/pass/plan.ts';
import type { Desired, Reference } from '../../../src/model/resource.ts';
import type { Intent, Memory, Obligation } from '../../../src/model/memory.ts';
import type { Store } from '../../../src/model/store.ts';
import { execute } from '../../../src/reconcile/apply/execute.ts';
import { kindOf } from '../../../src/reconcile/kindOf.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import type { ReadValue } from '../../../src/reconcile/compare/writeOnly.ts';
import { catalog, declared, have, live, now, text, want, type Live } from '../../support/team.ts';
import { spellingsIn } from '../../../src/reconcile/compare/spelling.ts';

/** The log of what is sent to the API and recorded in the store, in order. */
type Log = string[];

const jsonText = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** A store that logs its calls. */
const loggingStore = (log: Log): Store =>
  ({
    recordIntent: async (address: string, { at, until }: Intent, path?: string) =>
      void log.push(['intent', address, ...(path ? [path] : []), at, 'until', until].join(' ')),
    clearIntent: async (address: string, path?: string) =>
      void log.push(['no intent', address, ...(path ? [path] : [])].join(' ')),
    recordObligation: async (address: string, { id, fields }: Obligation) =>
      void log.push(`owes ${address} ${id} ${jsonText(fields)}`),
    clearObligation: async (address: string, paths: readonly string[]) =>
      void log.push(`owes no longer ${address} ${paths.join()}`),
    bind: async (bindings: unknown) => void log.push(`bind ${jsonText(bindings)}`),
    saveDigests: async (values: unknown) => void log.push(`written ${jsonText(values)}`),
    recordDeletion: async (address: string, at: string) =>
      void log.push(`deletion ${address} ${at}`),
    cancelDeletion: async (address: string, at: string) =>
      void log.push(`no deletion ${address} ${at}`),
    removeResource: async (address: string) => void log.push(`deleted ${address}`),
  }) as unknown as Store;

/** The deadline of a write's attempt. */
const deadline = new Date('2026-11-21T10:00:30.000Z');

/** An API that passes its observer to the kind below. */
interface FakeApi extends Api {
  readonly observer?: WriteObserver;
}

const fakeApi = { withObserver: (observer: WriteObserver) => ({ observer }) } as unknown as Api;

/** Failures `times` writes after the first `after`. Defaults: 0 and all. */
interface Failures {
  readonly error: ApiError;
  readonly after?: number;
  readonly times?: number;
}

/** A kind whose calls log their arguments, and fail as requested. */
function loggingKind(name: string, log: Log, failures: Failures | undefined): ResourceKind {
  const kind = kindOf(catalog.kinds, name);
  let count = 0;
  const call = async (api: Api, what: string): Promise<void> => {
    const { observer } = api as FakeApi;
    await observer?.sending(deadline);
    log.push(what);
    count += 1;
    const { after = 0, times = Infinity } = failures ?? {};
    if (!failures || count <= after || count > after + times) return;
    await (failures.error.verdict === 'uncertain'
      ? observer?.maybeAccepted()
      : observer?.notAccepted());
    throw failures.error;
  };
  const relation = (path: string, original: Relation): Relation => ({
    ...original,
    assign: (api, id, member, value) =>
      call(api, `assign ${id} ${path}/${member} ${jsonText(value)}`),
    update: (api, id, member, value) =>
      call(api, `change ${id} ${path}/${member} ${jsonText(value)}`),
    unassign: (api, id, member) => call(api, `unassign ${id} ${path}/${member}`),
  });
  const { relations } = kind;
  return {
    ...kind,
    create: async (api, resourceName, spec) => {
      await call(api, `create ${resourceName} ${jsonText(spec)}`);
      return { id: 'id-new', event: 'e' };
    },
    update: async (api, id, spec, { name: resourceName, desired, live: liveSpec }) => {
      await call(
        api,
        `update ${id} ${resourceName} ${jsonText(spec)} of ${jsonText(desired)} over ${jsonText(liveSpec)}`,
      );
      return { event: 'e' };
    },
    remove: async (api, id) => {
      await call(api, `delete ${id}`);
      return { event: 'e' };
    },
    ...(kind.power
      ? {
          power: {
            ...kind.power,
            start: async (api: Api, id: string) => {
              await call(api, `start ${id}`);
              return { event: 'e' };
            },
            stop: async (api: Api, id: string) => {
              await call(api, `stop ${id}`);
              return { event: 'e' };
            },
          },
        }
      : {}),
    ...(relations
      ? {
          relations: Object.fromEntries(
            Object.entries(relations).map(([path, original]) => [path, relation(path, original)]),
          ),
        }
      : {}),
  };
}

const base = { changes: [], requires: [] };
const create = (kind: string, name: string, over = {}): Action => ({
  ...base,
  id: `${kind}/${name}:create`,
  verb: 'create',
  kind,
  name,
  carries: [],
  ...over,
});
const update = (kind: string, name: string, ...fields: string[]): Action => ({
  ...base,
  id: `${kind}/${name}:update`,
  verb: 'update',
  kind,
  name,
  resourceId: `id-${name}`,
  fields,
});
type MemberAction = Extract<Action, { readonly relation: string }>;

const member = (
  verb: MemberAction['verb'],
  kind: string,
  name: string,
  relation: string,
  over: Pick<MemberAction, 'member' | 'key' | 'fields' | 'resourceId'>,
): Action => ({ ...base, id: '', verb, kind, name, relation, memberName: 'm', ...over });
const plain = (
  verb: 'delete' | 'start' | 'stop',
  kind: string,
  name: string,
  over: { readonly restart?: true } = {},
): Action => ({
  ...base,
  id: '',
  verb,
  kind,
  name,
  resourceId: `id-${name}`,
  ...over,
});
const read = (value: string): ReadValue => ({ ok: true, text: value, digest: `d-${value}` });
const at = now.toISOString();
const ubuntu = have('osTemplates', 'Ubuntu', {});

interface Row {
  readonly name: string;
  readonly because: string;
  readonly action: Action;
  readonly want?: readonly Desired[];
  readonly have?: readonly Live[];
  /** The write-only values, by path. */
  readonly values?: Readonly<Record<string, ReadValue>>;
  /** The planned live ids, by address. */
  readonly ids?: Readonly<Record<`${string}/${string}`, string>>;
  readonly obligations?: Memory['obligations'];
  /** The resource as the API returns it. */
  readonly get?: NonNullable<ResourceKind['get']>;
  readonly calls: readonly string[];
  /** The expected result. Default: its id and the job to wait for. */
  readonly result?: object;
}

/** Executes an action; `log` has what happened, even if it fails. */
async function executed(row: Row, log: Log, failures?: Failures) {
  const loggedKind = loggingKind(row.action.kind, log, failures);
  const get = row.get ? { get: row.get } : {};
  const kinds = new Map([...catalog.kinds, [row.action.kind, { ...loggedKind, ...get }] as const]);
  const { kind, name } = row.action;
  const listings = Map.groupBy(row.have ?? [], (resource) => resource.kind);
  const snapshot = new Map(
    [...listings].map(
      ([kindName, items]) => [kindName, completeListing({ name: kindName }, items)] as const,
    ),
  );
  return execute(row.action, {
    catalog: { ...catalog, kinds },
    api: fakeApi,
    obligations: row.obligations ?? new Map(),
    wakes: new Map(),
    store: loggingStore(log),
    snapshot,
    spellings: spellingsIn(snapshot),
    desired: new Map((row.want ?? []).map((resource) => [resource.address, resource])),
    values: new Map([[`${kind}/${name}` as const, new Map(Object.entries(row.values ?? {}))]]),
    ids: new Map(Object.entries(row.ids ?? {}) as [`${string}/${string}`, string][]),
    now: () => now,
  });
}

/** The log when the attempt of a create is about to be sent. */
const intent = (what: string): string => `intent ${what} ${at} until ${deadline.toISOString()}`;

const bindingOf = (address: string, over = {}): string =>
  `bind ${jsonText([{ address, id: 'id-new', boundAt: at, created: true, protected: false, ...over }])}`;

describe('an executed action', () => {
  test.each<Row>([
    {
      name: 'a create',
      because: 'its intent is durable before it is sent, and its response binds it',
      action: create('privateNetworks', 'n'),
      want: [want('privateNetworks', 'n', { region: 'ny2' }, { preventDeletion: true })],
      calls: [
        intent('privateNetworks/n'),
        'create n {"region":"ny2"}',
        bindingOf('privateNetworks/n', { protected: true }),
      ],
      result: { id: 'id-new', event: 'e' },
    },
    {
      name: 'a create with each form of reference',
      because: 'names become ids, and digests of write-only values are stored',
      action: create('machines', 'm', {
        carries: [{ field: 'startupScript', member: { address: 'startupScripts/s' } }],
      }),
      want: [
        want('machines', 'm', {
          template: live('osTemplates', 'Ubuntu'),
          network: declared('privateNetworks', 'n'),
          restorePointSnapshot: declared('snapshots', 'later'),
          accessors: [{ by: 'id', kind: 'teamMembers', id: 'u1' }, live('teamMembers', 'ada')],
          state: { running: 'Mon-Fri 08:00-19:00', timezone: 'Europe/Berlin' },
        }),
      ],
      have: [ubuntu, have('teamMembers', 'ada', {})],
      ids: { 'privateNetworks/n': 'id-n', 'startupScripts/s': 'id-s' },
      values: { template: read('as written') },
      calls: [
        intent('machines/m'),
        'create m {"template":"id-Ubuntu","network":"id-n","state":"off","accessors":["u1","id-ada"],"startupScript":"id-s"}',
        bindingOf('machines/m'),
        'written [{"address":"machines/m","digests":{"template":"d-as written"}}]',
      ],
      result: { id: 'id-new', event: 'e' },
    },
    {
      name: 'a create with a field that only updates accept',
      because: 'the field is updated right after the create',
      action: create('startupScripts', 's'),
      want: [
        want('startupScripts', 's', {
          script: text('echo'),
          isEnabled: false,
          assignedMachines: [declared('machines', 'm')],
        }),
      ],
      values: { script: read('echo') },
      calls: [
        intent('startupScripts/s'),
        'create s {"script":"echo"}',
        bindingOf('startupScripts/s'),
        'written [{"address":"startupScripts/s","digests":{"script":"d-echo"}}]',
        'update id-new s {"isEnabled":false} of {"script":"echo","isEnabled":false} over {"script":"echo"}',
      ],
      result: { id: 'id-new', event: 'e' },
    },
    {
      name: 'an update',
      because: 'the changed fields are sent, with the whole desired spec beside them',
      action: update('startupScripts', 's', 'isRunOnce'),
      want: [
        want(
          'startupScripts',
          's',
          { script: { from: 'keep' }, isRunOnce: true, isEnabled: true },
          { ignoreChanges: ['isEnabled'] },
        ),
      ],
      have: [have('startupScripts', 's', { isRunOnce: false })],
      calls: ['update id-s s {"isRunOnce":true} of {"isRunOnce":true} over {"isRunOnce":false}'],
      result: { id: 'id-s', event: 'e' },
    },
    {
      name: 'an update of a write-only value',
      because: 'only its digest is stored',
      action: update('startupScripts', 's', 'script', 'name'),
      want: [
        want(
          'startupScripts',
          's',
          { script: text('new'), isRunOnce: true },
          { ignoreChanges: ['script'] },
        ),
      ],
      values: { script: read('new') },
      calls: [
        'update id-s s {"name":"s","script":"new"} of {"script":"new","isRunOnce":true} over {}',
        'written [{"address":"startupScripts/s","digests":{"script":"d-new"}}]',
      ],
      result: { id: 'id-s', event: 'e' },
    },
    {
      name: 'an update beside a secret that cannot be read',
      because: 'the secret is left out of the desired spec',
      action: update('startupScripts', 's', 'isRunOnce'),
      want: [want('startupScripts', 's', { script: { from: 'env', name: 'S' }, isRunOnce: true })],
      values: { script: { ok: false, because: 'S is not set' } },
      calls: ['update id-s s {"isRunOnce":true} of {"isRunOnce":true} over {}'],
      result: { id: 'id-s', event: 'e' },
    },
    {
      name: 'an update of a partial object',
      because: 'undeclared and ignored parts keep their live values',
      action: update('deployments', 'd', 'config'),
      want: [
        want(
          'deployments',
          'd',
          { project: declared('projects', 'p'), config: { image: 'a:2', env: ['mine'] } },
          { ignoreChanges: ['config.env'] },
        ),
      ],
      have: [
        have('deployments', 'd', {
          project: 'id-p',
          config: { image: 'a:1', env: ['theirs'], region: 'ny2' },
        }),
      ],
      ids: { 'projects/p': 'id-p' },
      calls: [
        'update id-d d {"config":{"image":"a:2","env":["theirs"],"region":"ny2"}} of {"project":"id-p","config":{"image":"a:2","env":["theirs"],"region":"ny2"}} over {"project":"id-p","config":{"image":"a:1","env":["theirs"],"region":"ny2"}}',
      ],
      result: { id: 'id-d', event: 'e' },
    },
    {
      name: 'a deletion',
      because: 'it is counted before it is sent, and the resource is removed once it is done',
      action: plain('delete', 'machines', 'm'),
      calls: [`deletion machines/m ${at}`, 'delete id-m', 'deleted machines/m'],
      result: { id: 'id-m', event: 'e' },
    },
    {
      name: 'a start',
      because: 'it waits for its event',
      action: plain('start', 'machines', 'm'),
      calls: ['start id-m'],
      result: { id: 'id-m', event: 'e', fulfilled: ['state'] },
    },
    {
      name: 'a stop',
      because: 'it waits for its event',
      action: plain('stop', 'machines', 'm'),
      calls: ['stop id-m'],
      result: { id: 'id-m', event: 'e' },
    },
    {
      name: 'a stop for a change',
      because: 'the obligation to start is durable before the stop is sent',
      action: plain('stop', 'machines', 'm', { restart: true }),
      calls: ['owes machines/m id-m {"state":{"owed":"running","temporary":"off"}}', 'stop id-m'],
      result: { id: 'id-m', event: 'e' },
    },
    {
      name: 'a change of auto-shutdown that is switched on',
      because: 'the obligation is durable before it is switched off',
      action: update('machines', 'm', 'autoShutdownTimeout'),
      want: [want('machines', 'm', { autoShutdownTimeout: 8 })],
      have: [
        have('machines', 'm', {
          autoShutdownEnabled: true,
          autoShutdownTimeout: 4,
          autoShutdownForce: false,
        }),
      ],
      calls: [
        'owes machines/m id-m {"autoShutdownEnabled":{"owed":true,"temporary":false},"autoShutdownTimeout":{"owed":4},"autoShutdownForce":{"owed":false}}',
        'update id-m m {"autoShutdownEnabled":false} of {"autoShutdownTimeout":8} over {"autoShutdownEnabled":true,"autoShutdownTimeout":4,"autoShutdownForce":false}',
        'update id-m m {"autoShutdownEnabled":true,"autoShutdownTimeout":8,"autoShutdownForce":false} of {"autoShutdownTimeout":8} over {"autoShutdownEnabled":true,"autoShutdownTimeout":4,"autoShutdownForce":false}',
      ],
      result: {
        id: 'id-m',
        event: 'e',
        fulfilled: ['autoShutdownEnabled', 'autoShutdownTimeout', 'autoShutdownForce'],
      },
    },
    {
      name: 'a restore',
      because: 'it writes the owed values, whatever the YAML declares',
      action: {
        ...base,
        id: '',
        verb: 'update',
        kind: 'machines',
        name: 'm',
        resourceId: 'id-m',
        fields: ['autoShutdownEnabled'],
        restores: { autoShutdownEnabled: true },
      },
      have: [have('machines', 'm', { autoShutdownEnabled: false })],
      calls: [
        'update id-m m {"autoShutdownEnabled":true} of {"autoShutdownEnabled":true} over {"autoShutdownEnabled":false}',
      ],
      result: { id: 'id-m', event: 'e', fulfilled: ['autoShutdownEnabled'] },
    },
    {
      name: 'an assignment of a resource that was just created',
      because: 'both ends have their ids by now',
      action: member('assign', 'startupScripts', 's', 'assignedMachines', {
        member: { address: 'machines/m' },
      }),
      want: [want('startupScripts', 's', { assignedMachines: [declared('machines', 'm')] })],
      ids: { 'startupScripts/s': 'id-new', 'machines/m': 'id-m' },
      calls: ['assign id-new assignedMachines/id-m nothing'],
      result: { id: 'id-new' },
    },
    {
      name: 'a member that is removed',
      because: 'it needs no declaration',
      action: member('unassign', 'startupScripts', 's', 'assignedMachines', {
        resourceId: 'id-s',
        member: { id: 'id-m' },
      }),
      calls: ['unassign id-s assignedMachines/id-m'],
      result: { id: 'id-s' },
    },
    {
      name: 'a secret of a map',
      because: 'its text is sent, and its digest is stored',
      action: member('assign', 'projects', 'p', 'secrets', {
        resourceId: 'id-p',
        member: { id: 'T' },
        key: 'T',
      }),
      want: [want('projects', 'p', { secrets: { T: text('v'), OTHER: text('w') } })],
      values: { 'secrets/T': read('v'), 'secrets/OTHER': read('w') },
      calls: [
        'assign id-p secrets/T "v"',
        'written [{"address":"projects/p","digests":{"secrets/T":"d-v"}}]',
      ],
      result: { id: 'id-p' },
    },
    {
      name: 'a new member with fields',
      because: 'all fields are sent',
      action: member('assign', 'datasets', 'd', 'versions', {
        resourceId: 'id-d',
        member: { id: 'v1' },
        key: 'v1',
      }),
      want: [want('datasets', 'd', { versions: { v1: { message: 'a', isCommitted: true } } })],
      calls: [
        intent('datasets/d versions/v1'),
        'assign id-d versions/v1 {"message":"a","isCommitted":true}',
        `intent datasets/d versions/v1 ${at} until ${at}`,
      ],
      result: { id: 'id-d' },
    },
    {
      name: 'a change of a member with fields',
      because: 'the changed fields are sent to its live id',
      action: member('update', 'datasets', 'd', 'versions', {
        resourceId: 'id-d',
        member: { id: '1' },
        key: 'v1',
        fields: ['message'],
      }),
      want: [want('datasets', 'd', { versions: { v1: { message: 'a', isCommitted: true } } })],
      calls: ['change id-d versions/1 {"message":"a"}'],
      result: { id: 'id-d' },
    },
  ])('$name: $because', async (row) => {
    const log: Log = [];
    expect(await executed(row, log)).toEqual(row.result);
    expect(log).toEqual(row.calls);
  });
});

describe('a refused or unanswered write', () => {
  const network = {
    name: '',
    because: '',
    action: create('privateNetworks', 'n'),
    want: [want('privateNetworks', 'n', { region: 'ny2' })],
  };
  const deletion = { name: '', because: '', action: plain('delete', 'machines', 'm') };
  const refused = new ApiError('no', { verdict: 'rejected' });
  const lost = new ApiError('no answer', { verdict: 'uncertain' });
  const begun = [intent('privateNetworks/n'), 'create n {"region":"ny2"}'];
  const counted = [`deletion machines/m ${at}`, 'delete id-m'];
  const stop = {
    ...deletion,
    action: plain('stop', 'machines', 'm', { restart: true }),
  };
  const owes = 'owes machines/m id-m {"state":{"owed":"running","temporary":"off"}}';
  test.each([
    {
      because: 'a refused create leaves no intent',
      row: network,
      error: refused,
      calls: [...begun, 'no intent privateNetworks/n'],
    },
    {
      because:
        'a create whose response was lost may have happened, so its intent stays open until the attempt’s end',
      row: network,
      error: lost,
      calls: [...begun, `intent privateNetworks/n ${at} until ${at}`],
    },
    {
      because: 'a refused deletion is not counted',
      row: deletion,
      error: refused,
      calls: [...counted, `no deletion machines/m ${at}`],
    },
    {
      because: 'a deletion whose response was lost is counted',
      row: deletion,
      error: lost,
      calls: counted,
    },
    {
      because: 'a refused stop for a change leaves no obligation',
      row: stop,
      error: refused,
      calls: [owes, 'stop id-m', 'owes no longer machines/m state'],
    },
    {
      because: 'a refused stop for a change keeps an earlier obligation',
      row: {
        ...stop,
        obligations: new Map([
          [
            'machines/m' as const,
            { id: 'id-m', at, fields: { state: { owed: 'running', temporary: 'off' } } },
          ],
        ]),
      },
      error: refused,
      calls: [owes, 'stop id-m'],
    },
    {
      because:
        'a stop for a change whose response was lost may have happened, so its obligation stays',
      row: stop,
      error: lost,
      calls: [owes, 'stop id-m'],
    },
  ])('$because', async ({ row, error, calls }) => {
    const log: Log = [];
    await expect(executed({ ...row, calls }, log, { error })).rejects.toBe(error);
    expect(log).toEqual(calls);
  });
});

describe('a start or a stop that the API refuses', () => {
  const refusal = (status: number, verdict: ApiError['verdict'] = 'rejected') =>
    new ApiError('This machine is currently starting.', { verdict, status });
  const shown = (over: Partial<Listed> | undefined) => async (): Promise<Listed | undefined> =>
    over && { id: 'id-m', name: 'm', spec: {}, ...over };
  test.each<{
    because: string;
    verb: 'start' | 'stop';
    error?: ApiError;
    get: NonNullable<ResourceKind['get']>;
    follows: boolean;
  }>([
    {
      because: 'it is starting: somebody was faster',
      verb: 'start',
      get: shown({ ready: false, transition: 'starting' }),
      follows: true,
    },
    {
      because: 'it is running already: the list was stale',
      verb: 'start',
      get: shown({ spec: { state: 'running' } }),
      follows: true,
    },
    {
      because: 'it is off already',
      verb: 'stop',
      error: refusal(400),
      get: shown({ spec: { state: 'off' } }),
      follows: true,
    },
    {
      because: 'it is off and stays so',
      verb: 'start',
      get: shown({ spec: { state: 'off' } }),
      follows: false,
    },
    { because: 'it is gone', verb: 'start', get: shown(undefined), follows: false },
    {
      because: 'the API does not return its state',
      verb: 'start',
      get: () => Promise.reject(refusal(503, 'unavailable')),
      follows: false,
    },
    {
      because: 'the key has no permission, whatever its state',
      verb: 'start',
      error: refusal(403),
      get: shown({ spec: { state: 'running' } }),
      follows: false,
    },
    {
      because: 'the response was lost, so nothing was refused',
      verb: 'start',
      error: refusal(504, 'uncertain'),
      get: shown({ spec: { state: 'running' } }),
      follows: false,
    },
  ])('$verb: $because', async ({ verb, error = refusal(409), get, follows }) => {
    const row = { name: '', because: '', calls: [], action: plain(verb, 'machines', 'm'), get };
    const ended: unknown = await executed(row, [], { error }).catch((failure: unknown) => failure);
    expect(ended).toMatchObject(
      follows ? { id: 'id-m', follow: true } : { message: error.message, status: error.status },
    );
  });
});

describe('a change for which auto-shutdown is switched off', () => {
  const row: Row = {
    name: '',
    because: '',
    action: update('machines', 'm', 'autoShutdownTimeout'),
    want: [want('machines', 'm', { autoShutdownTimeout: 8 })],
    have: [have('machines', 'm', { autoShutdownEnabled: true, autoShutdownTimeout: 4 })],
    calls: [],
  };
  const owed = ['autoShutdownEnabled', 'autoShutdownTimeout'];
  const sentIn = (log: Log) => log.map((line) => line.replace(/ of \{.*/, ''));
  const firstCalls = [
    'owes machines/m id-m {"autoShutdownEnabled":{"owed":true,"temporary":false},"autoShutdownTimeout":{"owed":4}}',
    'update id-m m {"autoShutdownEnabled":false}',
  ];
  const second = 'update id-m m {"autoShutdownEnabled":true,"autoShutdownTimeout":8}';

  test('that is refused is followed by the earlier values at once', async () => {
    const log: Log = [];
    const error = new ApiError('no', { verdict: 'rejected', status: 400 });
    await expect(executed(row, log, { error, after: 1, times: 1 })).rejects.toBe(error);
    expect(sentIn(log)).toEqual([
      ...firstCalls,
      second,
      'update id-m m {"autoShutdownEnabled":true,"autoShutdownTimeout":4}',
      `owes no longer machines/m ${owed.join()}`,
    ]);
  });

  test('whose response was lost leaves the restore to the next pass', async () => {
    const log: Log = [];
    const error = new ApiError('no answer', { verdict: 'uncertain' });
    await expect(executed(row, log, { error, after: 1 })).rejects.toBe(error);
    expect(sentIn(log)).toEqual([...firstCalls, second]);
  });

  test('that was refused before anything was switched leaves no obligation', async () => {
    const log: Log = [];
    const error = new ApiError('no', { verdict: 'rejected', status: 400 });
    await expect(executed(row, log, { error })).rejects.toBe(error);
    expect(sentIn(log)).toEqual([...firstCalls, `owes no longer machines/m ${owed.join()}`]);
  });
});

describe('a reference without an id', () => {
  test.each<{ because: string; reference: Reference; error: string }>([
    {
      because: 'the referenced resource was not created',
      reference: declared('privateNetworks', 'n'),
      error: 'machines/m:create was planned without its network',
    },
    {
      because: 'the referenced resource is not live',
      reference: live('privateNetworks', 'n'),
      error: 'machines/m:create was planned without its network',
    },
  ])('$because', async ({ reference, error }) => {
    const row: Row = {
      name: '',
      because: '',
      action: create('machines', 'm'),
      want: [want('machines', 'm', { network: reference })],
      have: [have('privateNetworks', 'other', {})],
      calls: [],
    };
    const log: Log = [];
    await expect(executed(row, log)).rejects.toThrow(error);
    expect(log).toEqual([]);
  });
});
