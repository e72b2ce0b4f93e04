import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/pass/report.ts';
import type { Desired, DesiredState } from '../../src/model/resource.ts';
import { prepare } from '../../src/reconcile/preparePass.ts';
import { reportOn } from '../../src/reconcile/reportPass.ts';
import type { TeamSnapshot } from '../../src/reconcile/teamSnapshot/document.ts';
import { readSnapshot } from '../../src/reconcile/teamSnapshot/read.ts';
import { snapshotWorkspace } from '../../src/reconcile/teamSnapshot/replay.ts';
import { takeSnapshot } from '../../src/reconcile/teamSnapshot/take.ts';
import { bench, policy, type Bench } from '../support/passes.ts';
import { catalog } from '../support/team.ts';
import { editsOf, type Edit } from './edits.ts';
import { edited, env, isRenamed, kinds, loadExamples, spare } from './examples.ts';

const team = await loadExamples();

const stateOf = (resources: readonly Desired[]): DesiredState => ({
  resources,
  absent: [],
  revision: 'r',
});

let harness: Bench;
let snapshot: TeamSnapshot;

beforeAll(async () => {
  harness = await bench({ env });
  for (let passes = 0; passes < 5; passes += 1) {
    harness.clock.advance(600_000);
    if ((await harness.pass(team)).actions.length === 0) break;
  }
  snapshot = throughFile(await takeSnapshot(harness.workspace, stateOf(team), policy));
});

afterAll(() => harness[Symbol.asyncDispose]());

/** The snapshot as a reader of its file gets it. */
function throughFile(taken: TeamSnapshot): TeamSnapshot {
  const read = readSnapshot(JSON.stringify(taken));
  if (!read.ok) throw new Error(read.problem);
  return read.snapshot;
}

async function planFrom(resources: readonly Desired[], from = snapshot): Promise<Report> {
  const workspace = snapshotWorkspace(from, catalog, 100_000);
  const prepared = await prepare(workspace, stateOf(resources), policy, 'cli');
  return reportOn(workspace, policy, prepared);
}

/** What a report says about the team. The ids of addresses are hidden in a snapshot. */
const contentOf = ({ actions, resources, summary, cost, incomplete, estimate }: Report) => ({
  actions: actions.map(({ resourceId, ...action }) =>
    action.kind === 'publicIps' ? action : { ...action, resourceId },
  ),
  resources: resources.map((resource) => {
    const { kind, name, id, status, changes, unverifiable, reason, source } = resource;
    const content = { kind, status, changes, unverifiable, reason, source };
    if (kind !== 'publicIps') return { ...content, name, id };
    return source === null ? content : { ...content, name };
  }),
  summary,
  cost,
  incomplete,
  requests: estimate.requests,
});

async function expectSamePlan(resources: readonly Desired[]): Promise<Report> {
  const live = await harness.plan(resources);
  const before = harness.simulator.requests.length;
  const replayed = await planFrom(resources);
  expect(contentOf(replayed)).toEqual(contentOf(live));
  expect([harness.simulator.requests.length - before, replayed.api.requests]).toEqual([0, 0]);
  return replayed;
}

const withEdit = ({ partners, ...edit }: Edit): readonly Desired[] =>
  Object.entries(partners).reduce(
    (all, [field, value]) => edited(all, edit, [field], value),
    edited(team, edit, edit.path, edit.other),
  );

const { edits } = editsOf(team);

/** Whether a snapshot hides the field: it is a secret, or an address that nobody declared. */
const isHidden = ({ schema, other }: Edit): boolean =>
  schema.writeOnly === true ||
  schema.serverAssigned === true ||
  (schema.sensitive === true && !String(other).startsWith('secret:'));

describe('a plan against a snapshot equals the plan against the team', () => {
  test('in sync', async () => {
    expect((await expectSamePlan(team)).actions).toEqual([]);
  });

  test.each(edits.filter((edit) => !isHidden(edit)))('with another $title', async (edit) => {
    const { actions, summary } = await expectSamePlan(withEdit(edit));
    expect(actions.length + summary.blocked > 0).toBe(edit.schema.createOnly !== true);
  });

  test.each(kinds.filter(isRenamed).map(({ name }) => ({ kind: name })))(
    'with another name in $kind',
    async ({ kind }) => {
      const renamed = team.map((one) =>
        one.kind === kind && one.name === spare
          ? {
              ...one,
              address: `${kind}/renamed` as const,
              name: 'renamed',
              lifecycle: { ...one.lifecycle, formerName: spare },
            }
          : one,
      );
      const { actions } = await expectSamePlan(renamed);
      expect(actions.map(({ id }) => id)).toEqual([`${kind}/renamed:update`]);
    },
  );

  test.each(kinds.map(({ name }) => ({ kind: name })))(
    'without the resources of $kind',
    async ({ kind }) => {
      await expectSamePlan(team.filter((one) => one.kind !== kind));
    },
  );

  test('with a resource to create, whose secret cannot be read here', async () => {
    const registry = team.find(({ kind }) => kind === 'containerRegistries');
    if (!registry) throw new Error('there is no example of a registry');
    const added = { ...registry, address: 'containerRegistries/new' as const, name: 'new' };
    const { actions } = await expectSamePlan([...team, added]);
    expect(actions.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['containerRegistries/new:create', 'planned'],
    ]);
  });

  test('with other members of every relation', async () => {
    for (const { kind, name, spec } of team)
      for (const [relation, field] of Object.entries(
        catalog.kinds.get(kind)?.schema.properties ?? {},
      )) {
        const value = spec[relation];
        if (field.relation !== 'set' || !Array.isArray(value) || value.length === 0) continue;
        const { actions } = await expectSamePlan(
          edited(team, { kind, name }, [relation], value.slice(1)),
        );
        expect(actions.length, `${kind}/${name}.${relation}`).toBe(1);
      }
  });
});

describe('a value that a snapshot hides', () => {
  test.each(edits.filter(isHidden))('is no difference: $title', async (edit) => {
    const { actions, summary } = await planFrom(withEdit(edit));
    expect([actions.map(({ id }) => id), summary.drifted, summary.blocked]).toEqual([[], 0, 0]);
  });
});

describe('a list that a snapshot lacks', () => {
  test.each(kinds.map(({ name }) => ({ kind: name })))(
    'of $kind: nothing of the kind is created or deleted',
    async ({ kind }) => {
      const lists = snapshot.lists.filter((list) => list.kind !== kind || list.of);
      const report = await planFrom(team, { ...snapshot, lists });
      expect(report.complete).toBe(false);
      expect(report.incomplete).toContainEqual({
        kind,
        error: `the snapshot has no list of ${kind}`,
      });
      expect(
        report.actions
          .filter((one) => one.kind === kind && one.relation === null)
          .map(({ id }) => id),
      ).toEqual([]);
    },
  );

  test('to the end: the rest of the kind is not created', async () => {
    const lists = snapshot.lists.map((list) =>
      list.kind === 'machines' && !list.of
        ? { ...list, items: list.items.slice(0, 1), error: 'GET /machines answered 500' }
        : list,
    );
    const report = await planFrom(team, { ...snapshot, lists });
    expect(report.incomplete).toEqual([
      { kind: 'machines', error: 'the snapshot is incomplete: GET /machines answered 500' },
    ]);
    expect(report.actions.filter(({ kind }) => kind === 'machines')).toEqual([]);
  });
});
