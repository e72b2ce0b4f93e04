import { describe } from 'vitest';
import type { ResourceKind } from '../../../src/model/kind/kind.ts';
import type { Spec } from '../../../src/model/resource.ts';
import { kindOf } from '../../../src/reconcile/kindOf.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, catalog, have, text, want } from '../../support/team.ts';

const project = (over: Spec) => want('projects', 'p', over);
const liveProject = have('projects', 'p', {});

/** Returns the kind datasets of an API that cannot update a version. */
function withFixedVersions(): ResourceKind {
  const kind = kindOf(catalog.kinds, 'datasets');
  const { versions } = kind.relations ?? {};
  if (!versions) throw new Error('datasets have versions');
  const { update: _, ...fixed } = versions;
  return { ...kind, relations: { versions: fixed } };
}

describe('a relation with a list of its own', () => {
  planTests([
    {
      name: 'tags',
      because: 'the name of a tag is its id',
      want: [project({ tags: ['new'] })],
      have: [liveProject],
      members: { 'projects/id-p.tags': [have('', 'old', {}, { id: 'old' })] },
      actions: ['projects/p:unassign(tags/old)', 'projects/p:assign(tags/new)'],
      findings: ['drifted projects/p'],
    },
    {
      name: 'tags in an incomplete list',
      because: 'an unlisted tag may exist',
      want: [project({ tags: [] })],
      have: [liveProject],
      members: { 'projects/id-p.tags': [] },
      partial: ['projects/id-p.tags'],
      findings: ['blocked projects/p: tags could not be listed to the end: GET failed'],
    },
    {
      name: 'kept secret',
      because: 'any live value is accepted',
      want: [project({ secrets: { T: { from: 'keep' } } })],
      have: [liveProject],
      members: { 'projects/id-p.secrets': [have('', 'T', {})] },
    },
    {
      name: 'missing kept secret',
      because: 'there is no value to write',
      want: [project({ secrets: { T: { from: 'keep' } } })],
      have: [liveProject],
      members: { 'projects/id-p.secrets': [] },
      findings: ['blocked projects/p: secrets/T is { keep: true }, and there is none'],
    },
    {
      name: 'unreadable secret',
      because: 'whether it has changed is unknown',
      want: [project({ secrets: { T: { from: 'env', name: 'T' } } })],
      have: [liveProject],
      members: { 'projects/id-p.secrets': [have('', 'T', {})] },
      written: { unreadable: () => 'T is not set' },
      findings: ['blocked projects/p: T is not set'],
    },
    {
      name: 'version with a change',
      because: 'the fields that differ are updated',
      want: [want('datasets', 'd', { versions: { v1: { message: 'First', isCommitted: true } } })],
      have: [have('datasets', 'd', {})],
      members: { 'datasets/id-d.versions': [have('', 'v1', { isCommitted: true })] },
      actions: ['datasets/d:update(versions/v1)'],
      findings: ['drifted datasets/d'],
    },
    {
      name: 'version that the API cannot update',
      because: 'the obstacle is reported',
      kinds: [withFixedVersions()],
      want: [want('datasets', 'd', { versions: { v1: { message: 'First' } } })],
      have: [have('datasets', 'd', {})],
      members: { 'datasets/id-d.versions': [have('', 'v1', {})] },
      findings: ['blocked datasets/d: versions/v1 cannot be changed'],
    },
  ]);

  wholePlanTests([
    {
      name: 'lists that were not read',
      because: 'they are requested, and the relations are unverifiable until then',
      want: [project({ secrets: { T: text('v') }, tags: ['a'] })],
      have: [liveProject],
      memory: bindings('projects/p'),
      plan: [
        'inSync projects/p (id-p); unverifiable: secrets tags',
        'list projects/id-p.secrets',
        'list projects/id-p.tags',
      ],
    },
    {
      name: 'secrets',
      because: 'a new one is assigned, a changed one is updated, and an unchanged one is kept',
      want: [project({ secrets: { NEW: text('v'), OLD: text('v'), SAME: text('v') } })],
      have: [liveProject],
      memory: bindings('projects/p'),
      members: { 'projects/id-p.secrets': ['OLD', 'SAME'].map((name) => have('', name, {})) },
      written: { is: (_, path) => path === 'secrets/SAME' },
      plan: [
        'drifted projects/p (id-p); secrets/NEW null → "(secret)"; secrets/OLD null → "(secret)"',
        'update projects/p; of id-p; secrets: id-OLD; key OLD; secrets/OLD null → "(secret)"',
        'assign projects/p; of id-p; secrets: NEW; key NEW; secrets/NEW null → "(secret)"',
      ],
    },
    {
      name: 'new secret that cannot be read',
      because: 'it is reported, and nothing is written',
      want: [project({ secrets: { T: { from: 'env', name: 'T' } } })],
      have: [liveProject],
      memory: bindings('projects/p'),
      members: { 'projects/id-p.secrets': [] },
      written: { unreadable: (_, path) => `${path}: T is not set` },
      plan: ['blocked projects/p (id-p); secrets/T: T is not set'],
    },
    {
      name: 'secrets in an incomplete list',
      because: 'an unlisted secret may exist',
      want: [project({ secrets: { T: text('v') } })],
      have: [liveProject],
      memory: bindings('projects/p'),
      members: { 'projects/id-p.secrets': [] },
      partial: ['projects/id-p.secrets'],
      plan: [
        'blocked projects/p (id-p); secrets could not be listed to the end: GET failed',
        'not complete',
      ],
    },
    {
      name: 'fields of a version',
      because: 'only those that differ are updated',
      want: [
        want('datasets', 'd', {
          versions: { v1: { message: 'First', isCommitted: true }, v2: {} },
        }),
      ],
      have: [have('datasets', 'd', {})],
      memory: bindings('datasets/d'),
      members: { 'datasets/id-d.versions': [have('', 'v1', { isCommitted: true }, { id: '1' })] },
      plan: [
        'drifted datasets/d (id-d); versions/v1.message null → "First"; versions/v2 null → {}',
        'update datasets/d; of id-d; versions: 1; key v1; fields message; versions/v1.message null → "First"',
        'assign datasets/d; of id-d; versions: v2; key v2; versions/v2 null → {}',
      ],
    },
  ]);
});
