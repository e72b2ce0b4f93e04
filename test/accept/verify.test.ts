import { expect, test } from 'vitest';
import { selectFields } from '../../src/accept/fields/select.ts';
import { sideEffects } from '../../src/accept/verify.ts';
import { kindOf } from '../../src/reconcile/kindOf.ts';
import type { Desired } from '../../src/model/resource.ts';
import { catalog, want } from '../support/team.ts';

const stateOf = (...resources: readonly Desired[]) => ({ resources, absent: [], revision: '' });
const a = (size: number, region = 'ny2') => want('machines', 'a', { diskSize: size, region });
const b = (size: number) => want('machines', 'b', { diskSize: size });

test.each([
  { after: stateOf(a(100), b(50)), is: [], because: 'only the accepted field differs' },
  { after: stateOf(a(100, 'ca1'), b(50)), is: ['machines/a'], because: 'another field differs' },
  { after: stateOf(a(100), b(100)), is: ['machines/b'], because: 'an anchor shares the value' },
  { after: stateOf(a(100)), is: ['machines/b'], because: 'a resource is gone' },
  {
    after: stateOf(a(100), b(50), want('machines', 'c', {})),
    is: ['machines/c'],
    because: 'a resource is new',
  },
  {
    after: stateOf(a(100), want('machines', 'b', { diskSize: 50 }, { allowStop: true })),
    is: ['machines/b'],
    because: 'a lifecycle differs',
  },
])('side effects: $is, since $because', ({ after, is }) => {
  const accepted = { address: 'machines/a', fields: ['diskSize'] } as const;
  expect(sideEffects(stateOf(a(50), b(50)), after, accepted)).toEqual(is);
});

const change = (path: string) => ({ path, desired: 1, observed: 2 });
const config = { image: 'x', resources: { replicas: 1, ports: [80, 81] } };

test.each([
  { names: [], fields: ['config.image', 'config.resources.ports[1]'], because: 'all differ' },
  { names: ['config'], fields: ['config.image', 'config.resources.ports[1]'], because: 'within' },
  { names: ['config.resources'], fields: ['config.resources.ports[1]'], because: 'within' },
  { names: ['config.image'], fields: ['config.image'], because: 'it is named' },
  { names: ['config.im'], fields: [], because: 'a part of a key names nothing' },
  { names: ['config.image', 'project'], fields: ['config.image'], because: 'one does not differ' },
])('$names selects $fields: $because', ({ names, fields }) => {
  const subject = {
    kind: kindOf(catalog.kinds, 'deployments'),
    desired: want('deployments', 'it', { config }),
  };
  const changes = ['config.image', 'config.resources.ports[1]'].map(change);
  const selection = selectFields(subject, { changes, unverifiable: [] }, names);
  expect(selection.fields.map(({ path }) => path)).toEqual(fields);
  const refusals = names.filter((name) => name === 'config.im' || name === 'project');
  expect(selection.refusals.map(({ path }) => path)).toEqual(refusals);
});

test('a member of a map is found by its key, dots and all', () => {
  const versions = { 'v1.0': { message: 'x' }, v1: { message: 'y' } };
  const subject = {
    kind: kindOf(catalog.kinds, 'datasets'),
    desired: want('datasets', 'it', { versions }),
  };
  const changes = ['versions/v1.0.message', 'versions/v1.message'].map(change);
  const { fields } = selectFields(subject, { changes, unverifiable: [] }, []);
  expect(fields.map(({ steps }) => steps)).toEqual([
    ['versions', 'v1.0', 'message'],
    ['versions', 'v1', 'message'],
  ]);
});
