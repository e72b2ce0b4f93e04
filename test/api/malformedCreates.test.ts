import { expect, test } from 'vitest';
import type { Desired } from '../../src/model/resource.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { enforce } from '../../src/reconcile/enforcePass.ts';
import { prepare } from '../../src/reconcile/preparePass.ts';
import type { Workspace } from '../../src/reconcile/workspace.ts';
import { connect } from '../support/apiClient.ts';
import { bench, openOf, outcomesOf, policy } from '../support/passes.ts';
import { passedOn, serve } from '../support/server.ts';
import { live, want } from '../support/team.ts';

const network = want('privateNetworks', 'research', { region: 'ny2' });
const machine = want('machines', 'trainer', {
  machineType: 'C5',
  template: live('osTemplates', 'Ubuntu 22.04'),
  region: 'ny2',
  diskSize: 50,
});
const address = want('publicIps', 'gateway', { region: 'ny2' });

async function pass(workspace: Workspace, resources: readonly Desired[]): Promise<Report> {
  const state = { resources, absent: [], revision: 'r' };
  const never = new AbortController().signal;
  const planned = await prepare(workspace, state, policy, 'cli');
  const report = await enforce(workspace, policy, planned, {
    wait: true,
    stop: never,
    stopWaiting: never,
  });
  await workspace.store.recordPass(report, 100);
  return report;
}

const answers = [
  '{}',
  '[]',
  '"x"',
  '5',
  '{"id":null}',
  '{"id":5}',
  '{"id":""}',
  '{"data":{"id":7}}',
];

test.each(answers)(
  'a create with the answer %s is searched for, and not repeated',
  async (body) => {
    await using it = await bench();
    // Forwards all requests to the team, and loses the answers to creates.
    await using front = await serve((request) =>
      passedOn(request, it.simulator.url, (text) => (request.method === 'POST' ? body : text)),
    );
    await using api = connect(`${front.url}/v1`);
    const workspace = { ...it.workspace, api };
    const team = [network, machine, address];
    const first = await pass(workspace, team);
    expect(outcomesOf(first)).toEqual(team.map((one) => `${one.address}:create failed`));
    for (const { error } of first.actions)
      expect(error).toMatch(/malformed JSON: .* \(it may have happened; the next pass checks\)/);
    it.clock.advance(600_000);
    expect(openOf(await pass(workspace, team))).toEqual([]);
    expect(it.writes().filter((line) => line.startsWith('POST'))).toHaveLength(team.length);
  },
);
