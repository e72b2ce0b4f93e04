import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/model/plan.ts';
import type { Report } from '../../src/model/report.ts';
import { agreementTo, keptPlan, readKeptPlan, type KeptPlan } from '../../src/reconcile/kept.ts';
import type { Prepared } from '../../src/reconcile/workspace.ts';
import { planFor, want } from '../support/team.ts';

const plan = planFor({
  want: [
    want('privateNetworks', 'a', { region: 'ny2' }),
    want('startupScripts', 's', { script: { from: 'keep' } }),
  ],
});
const fingerprints = {
  yaml: () => 'yaml',
  both: () => 'both',
  live: (address: string) => `live ${address}`,
};
/** What is kept is made of these and nothing else. */
const prepared = { plan, fingerprints } as unknown as Prepared;
const report = { revision: 'r' } as Report;
const kept = keptPlan(prepared, report);

test('a kept plan is its report, its actions, and what it saw of what they touch', () => {
  expect(kept).toEqual({
    revision: 'r',
    plan: {
      actions: plan.actions,
      live: {
        'privateNetworks/a': 'live privateNetworks/a',
        'startupScripts/s': 'live startupScripts/s',
      },
    },
    seal: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

describe('read from a file', () => {
  const none = 'it is not a plan; make one with: holdfast plan --out FILE';
  const changed = 'it was changed since it was made; make another one';
  test.each<{ name: string; because: string; text: string; revision?: string; is: unknown }>([
    { name: 'as it was kept', because: 'it may be applied', text: JSON.stringify(kept), is: kept },
    { name: 'no JSON', because: 'the wrong file was named', text: 'plan:', is: none },
    { name: 'null', because: 'JSON, and nothing', text: 'null', is: none },
    { name: 'a report', because: 'it holds no plan', text: '{"seal":"s"}', is: none },
    { name: 'no seal', because: 'nobody sealed it', text: '{"plan":{}}', is: none },
    { name: 'a seal that is no text', because: 'so too', text: '{"plan":{},"seal":1}', is: none },
    {
      name: 'another seal',
      because: 'it was changed',
      text: JSON.stringify({ ...kept, seal: 's' }),
      is: changed,
    },
    {
      name: 'an action less',
      because: 'it was changed',
      text: JSON.stringify({ ...kept, plan: { ...kept.plan, actions: [] } }),
      is: changed,
    },
    {
      name: 'another config',
      because: 'it was made for what lay there then',
      text: JSON.stringify(kept),
      revision: 'later',
      is: 'it was made from another config than the one that lies there now; make another one',
    },
  ])('$name: $because', ({ text, revision = 'r', is }) => {
    expect(readKeptPlan(text, revision)).toEqual(is);
  });
});

describe('what was agreed to', () => {
  const [create] = plan.actions as [Action];
  const outside = (
    action: Action,
    live = fingerprints.live,
    agreed: KeptPlan = kept,
  ): string | undefined => agreementTo(agreed)(plan, { ...fingerprints, live })(action);
  const other = 'privateNetworks/a is not as the plan saw it; make another plan';
  test.each<{
    name: string;
    because: string;
    action?: Action;
    live?: () => string;
    is: string | undefined;
  }>([
    { name: 'the same', because: 'it is done', is: undefined },
    {
      name: 'the same, held now',
      because: 'what holds it back is no part of what it does',
      action: { ...create, held: 'later' },
      is: undefined,
    },
    {
      name: 'another resource',
      because: 'nobody has seen it',
      action: { ...create, id: 'privateNetworks/b:create', name: 'b' },
      is: 'it is not in the plan that is applied',
    },
    {
      name: 'another content',
      because: 'nobody has seen that',
      action: { ...create, changes: [] },
      is: other,
    },
    {
      name: 'another live state',
      because: 'somebody was at it since',
      live: () => 'something else',
      is: other,
    },
  ])('$name: $because', ({ action = create, live, is }) => {
    expect(outside(action, live)).toBe(is);
  });
});
