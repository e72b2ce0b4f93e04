import { describe, expect, test } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { loadCatalog } from '../../src/kinds/lib/catalog.ts';
import { kindOf } from '../../src/reconcile/kindOf.ts';
import { directoryOf, problemsIn } from '../fixtures/desired/directory.ts';

const catalog = await loadCatalog();
const { remove: _, ...keptProjects } = kindOf(catalog.kinds, 'projects');

/** Loads the text of a file with the kinds of the program. */
const loadText = async (yaml: string, kinds = catalog.kinds) =>
  loadDesired(await directoryOf({ 'team.yaml': yaml }), { ...catalog, kinds });

const machine = 'machineType: C5, template: { os: x }, region: ny2, diskSize: 50';

describe('a declared expiry', () => {
  test.each(['2027-01-31T18:00+01:00', '2027-01-31T18:00:00Z', '"2027-01-31T18:00:00.5Z"'])(
    '%s is kept as it is',
    async (expires) => {
      const loaded = await loadText(
        `privateNetworks: { a: { region: ny2, lifecycle: { expires: ${expires}, onExpiry: delete } } }`,
      );
      const [resource] = loaded.ok ? loaded.state.resources : [];
      expect(resource?.lifecycle).toMatchObject({
        expires: expires.replaceAll('"', ''),
        onExpiry: 'delete',
      });
    },
  );

  test('is reported by default, and merged with the defaults', async () => {
    const loaded = await loadText(
      `defaults: { machines: { lifecycle: { onExpiry: off } } }\nmachines: { a: { ${machine}, lifecycle: { expires: 2027-01-31T18:00Z } } }\nprojects: { p: { lifecycle: { expires: 2027-01-31T18:00Z } } }`,
    );
    const resources = loaded.ok ? loaded.state.resources : [];
    expect(resources.map(({ lifecycle }) => lifecycle.onExpiry)).toEqual(['off', 'report']);
  });
});

test.each([
  {
    because: 'a time without a zone is another one elsewhere',
    yaml: 'projects: { p: { lifecycle: { expires: 2027-01-31T18:00 } } }',
    says: '1:40 wrong-value: expires of projects/p is "2027-01-31T18:00"; write a time with its zone, such as 2027-01-31T18:00:00+01:00',
  },
  {
    because: 'a day has no time',
    yaml: 'projects: { p: { lifecycle: { expires: 2027-01-31 } } }',
    says: '1:40 wrong-value: expires of projects/p is "2027-01-31"; write a time with its zone, such as 2027-01-31T18:00:00+01:00',
  },
  {
    because: 'there is no such day',
    yaml: 'projects: { p: { lifecycle: { expires: 2027-01-32T18:00Z } } }',
    says: '1:40 wrong-value: expires of projects/p is "2027-01-32T18:00Z"; write a time with its zone, such as 2027-01-31T18:00:00+01:00',
  },
  {
    because: 'a project has no power',
    yaml: 'projects: { p: { lifecycle: { expires: 2027-01-31T18:00Z, onExpiry: off } } }',
    says: '1:69 wrong-value: onExpiry of projects/p is off, but a project cannot be switched off; write report or delete',
  },
  {
    because: 'the API cannot delete it',
    yaml: 'projects: { p: { lifecycle: { onExpiry: delete } } }',
    says: '1:41 wrong-value: onExpiry of projects/p is delete, but the API cannot delete a project; write report',
    kinds: new Map([...catalog.kinds, ['projects', keptProjects] as const]),
  },
  {
    because: 'absent is another word for it',
    yaml: 'projects: { p: { lifecycle: { onExpiry: absent } } }',
    says: '1:41 wrong-value: onExpiry of lifecycle of projects/p is "absent"; it takes report, off or delete',
  },
])('$because', async ({ yaml, says, kinds = catalog.kinds }) => {
  expect(problemsIn(await loadText(yaml, kinds))).toEqual([says]);
});
