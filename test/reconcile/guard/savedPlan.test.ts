import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/model/pass/plan.ts';
import { reportedAction } from '../../../src/reconcile/report/report.ts';
import {
  allowedBy,
  readSavedPlan,
  savedPlan,
  type SavedPlan,
} from '../../../src/reconcile/guard/savedPlan.ts';
import type { Prepared } from '../../../src/reconcile/workspace.ts';
import { reportWith } from '../../support/reports.ts';
import { planFor, want } from '../../support/team.ts';

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
  hasValues: (address: string) => address === 'startupScripts/s',
};
/** What is kept is made of these and nothing else. */
const prepared = { plan, fingerprints } as unknown as Prepared;
const report = reportWith({
  revision: 'r',
  actions: plan.actions.map((action) => reportedAction(action, undefined)),
});
const digest = (text: string): string => `mine ${text}`;
const saved = savedPlan(prepared, report, digest);

test('a saved plan is its report, digests of what its actions write, and what it saw of what they touch', () => {
  expect(saved).toEqual({
    ...report,
    plan: {
      contents: {
        'privateNetworks/a:create': expect.stringMatching(/^[0-9a-f]{64}$/),
        'startupScripts/s:create': expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      live: {
        'privateNetworks/a': 'live privateNetworks/a',
        'startupScripts/s': 'live startupScripts/s',
      },
      store: 'mine holdfast store',
    },
    seal: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

describe('read from a file', () => {
  const none = 'it is not a plan; make one with: holdfast plan --out FILE';
  const changed = 'it was changed since it was made; make another one';
  test.each<{ name: string; because: string; text: string; revision?: string; is: unknown }>([
    {
      name: 'as it was saved',
      because: 'it may be applied',
      text: JSON.stringify(saved),
      is: saved,
    },
    { name: 'no JSON', because: 'the wrong file was named', text: 'plan:', is: none },
    { name: 'null', because: 'JSON, and nothing', text: 'null', is: none },
    { name: 'a report', because: 'it holds no plan', text: '{"seal":"s"}', is: none },
    {
      name: 'no seal',
      because: 'nobody sealed it',
      text: '{"plan":{"contents":{},"live":{}},"actions":[]}',
      is: none,
    },
    {
      name: 'a seal that is no text',
      because: 'so too',
      text: '{"plan":{"contents":{},"live":{}},"actions":[],"seal":1}',
      is: none,
    },
    {
      name: 'another seal',
      because: 'it was changed',
      text: JSON.stringify({ ...saved, seal: 's' }),
      is: changed,
    },
    {
      name: 'an action less',
      because: 'it was changed',
      text: JSON.stringify({ ...saved, actions: [] }),
      is: changed,
    },
    {
      name: 'another config',
      because: 'it was made for what lay there then',
      text: JSON.stringify(saved),
      revision: 'later',
      is: 'it was made from another revision of the config than the present one; make another one',
    },
  ])('$name: $because', ({ text, revision = 'r', is }) => {
    expect(readSavedPlan(text, revision)).toEqual(is);
  });
});

describe('what a saved plan allows', () => {
  const [create, script] = plan.actions as [Action, Action];
  interface Now {
    readonly action?: Action;
    readonly live?: () => string;
    readonly yaml?: () => string;
    readonly digest?: (text: string) => string;
    readonly saved?: SavedPlan;
  }
  const outside = ({ action = create, ...now }: Now): string | undefined =>
    allowedBy(now.saved ?? saved, now.digest ?? digest)(plan, {
      ...fingerprints,
      live: now.live ?? fingerprints.live,
      yaml: now.yaml ?? fingerprints.yaml,
    })(action);
  const other = 'privateNetworks/a is not as the plan saw it; make another plan';
  const shownOtherwise = {
    ...saved,
    actions: saved.actions.map((one) => ({ ...one, changes: [] })),
  };
  test.each<{ name: string; because: string; now: Now; is: string | undefined }>([
    { name: 'the same', because: 'it is done', now: {}, is: undefined },
    {
      name: 'the same, held now',
      because: 'what holds it back is no part of what it does',
      now: { action: { ...create, held: 'later' } },
      is: undefined,
    },
    {
      name: 'another resource',
      because: 'nobody has seen it',
      now: { action: { ...create, id: 'privateNetworks/b:create', name: 'b' } },
      is: 'it is not in the plan that is applied',
    },
    {
      name: 'another content',
      because: 'nobody has seen that',
      now: { action: { ...create, changes: [] } },
      is: other,
    },
    {
      name: 'another live state',
      because: 'somebody was at it since',
      now: { live: () => 'something else' },
      is: other,
    },
    {
      name: 'another value that is not shown',
      because: 'an approval of a harmless script does not run another one',
      now: { yaml: () => 'another digest' },
      is: other,
    },
    {
      name: 'something else than what is shown',
      because: 'what people see is what they allow',
      now: { saved: shownOtherwise },
      is: other,
    },
    {
      name: 'another store, and a value that is not shown',
      because: 'digests of two stores cannot be compared',
      now: { action: script, digest: (text) => `theirs ${text}` },
      is: 'the plan was made with another store, so the values that it does not show cannot be compared; make another plan',
    },
    {
      name: 'another store, and nothing that is not shown',
      because: 'all of it can be compared',
      now: { digest: (text) => `theirs ${text}` },
      is: undefined,
    },
  ])('$name: $because', ({ now, is }) => {
    expect(outside(now)).toBe(is);
  });
});
