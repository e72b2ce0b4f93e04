import { expect, test } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { directoryOf, problemsIn } from '../fixtures/desired/directory.ts';
import { bench, openOf, outcomesOf } from '../support/passes.ts';
import { openFindings, settle } from '../support/settle.ts';
import { catalog, want } from '../support/team.ts';

const member = (name: string, role: string) => want('teamMembers', `${name}@example.com`, { role });

test('an email address matches in any case, and can be declared only once', async () => {
  const load = async (yaml: string) =>
    loadDesired(await directoryOf({ 'team.yaml': yaml }), catalog);
  const yaml = 'teamMembers:\n  Grace@Example.com: { role: admin }\n';
  const loaded = await load(yaml);
  await using it = await bench();
  const report = await it.pass(loaded.ok ? loaded.state.resources : []);
  expect([report.summary.inSync, report.actions]).toEqual([1, []]);
  expect(problemsIn(await load(`${yaml}  grace@example.com: { role: member }\n`))).toEqual([
    expect.stringContaining('teamMembers/grace@example.com is already declared at team.yaml:2:3'),
  ]);
});

test('a role is updated in both directions', async () => {
  await using it = await bench();
  expect(await settle(it, member('grace', 'admin'), member('linus', 'member'))).toEqual([]);
  expect(await settle(it, member('grace', 'admin'), member('linus', 'admin'))).toEqual([
    'teamMembers/linus@example.com:update done',
  ]);
  expect(await settle(it, member('grace', 'member'), member('linus', 'admin'))).toEqual([
    'teamMembers/grace@example.com:update done',
  ]);
  expect([...it.simulator.world.members].map(({ isAdmin }) => isAdmin)).toEqual([
    true,
    false,
    true,
  ]);
});

test('changes of the owner and invitations are blocked', async () => {
  await using it = await bench();
  expect(await openFindings(it, member('ada', 'admin'), member('alan', 'member'))).toEqual([
    'blocked teamMembers/ada@example.com: the owner of the team cannot be changed',
    'blocked teamMembers/alan@example.com: the API cannot invite anyone: invite this user in the Paperspace console',
    'unmanaged teamMembers/grace@example.com',
    'unmanaged teamMembers/linus@example.com',
  ]);
  const absent = await it.pass([], [['teamMembers', 'ada@example.com']]);
  expect(openOf(absent)).toContain(
    'blocked teamMembers/ada@example.com: the owner of the team cannot be changed',
  );
  expect(it.writes()).toEqual([]);
});

test('a member that is no longer declared is orphaned, and an absent one is deleted', async () => {
  await using it = await bench();
  await settle(it, member('linus', 'member'));
  expect(await openFindings(it)).toContain('orphaned teamMembers/linus@example.com');
  expect(outcomesOf(await it.pass([], [['teamMembers', 'linus@example.com']]))).toEqual([
    'teamMembers/linus@example.com:delete done',
  ]);
  expect([...it.simulator.world.members].map(({ email }) => email)).not.toContain(
    'linus@example.com',
  );
});
