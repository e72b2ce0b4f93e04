import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/model/pass/plan.ts';
import { reportedAction } from '../../../src/reconcile/report/reported.ts';
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
/** Fingerprints as text, so that the saved contents can be read. */
const prepared = { plan, fingerprints } as unknown as Prepared;
const report = reportWith({
  revision: 'r',
  actions: plan.actions.map((action) => reportedAction(action, undefined)),
});
const digest = (text: string): string => `mine ${text}`;
const saved = savedPlan(prepared, report, digest);

test('a saved plan has its report, digests of what its actions write, and fingerprints of the live resources they change', () => {
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

describe('a saved plan in a file', () => {
  const none = 'it is not a plan; make one with: holdfast plan --out FILE';
  const changed = 'it was changed since it was made; make another one';
  test.each<{ name: string; because: string; text: string; revision?: string; is: unknown }>([
    {
      name: 'as it was saved',
      because: 'it may be applied',
      text: JSON.stringify(saved),
      is: saved,
    },
    { name: 'not JSON', because: 'the wrong file was named', text: 'plan:', is: none },
    { name: 'null', because: 'JSON, but not an object', text: 'null', is: none },
    { name: 'a report', because: 'it contains no plan', text: '{"seal":"s"}', is: none },
    {
      name: 'no seal',
      because: 'it has no checksum',
      text: '{"plan":{"contents":{},"live":{}},"actions":[]}',
      is: none,
    },
    {
      name: 'a seal that is not a string',
      because: 'the checksum is invalid',
      text: '{"plan":{"contents":{},"live":{}},"actions":[],"seal":1}',
      is: none,
    },
    {
      name: 'another seal',
      because: 'the file was edited',
      text: JSON.stringify({ ...saved, seal: 's' }),
      is: changed,
    },
    {
      name: 'one action less',
      because: 'the file was edited',
      text: JSON.stringify({ ...saved, actions: [] }),
      is: changed,
    },
    {
      name: 'another config',
      because: 'it was made for another revision',
      text: JSON.stringify(saved),
      revision: 'later',
      is: 'it was made from another revision of the config than the present one; make another one',
    },
  ])('$name: $because', ({ text, revision = 'r', is }) => {
    expect(readSavedPlan(text, revision)).toEqual(is);
  });
});

describe('the actions that a saved plan allows', () => {
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
  const changed = 'privateNetworks/a is not as the plan saw it; make another plan';
  const displayedDifferently = {
    ...saved,
    actions: saved.actions.map((action) => ({ ...action, changes: [] })),
  };
  test.each<{ name: string; because: string; now: Now; is: string | undefined }>([
    { name: 'the same', because: 'it is allowed', now: {}, is: undefined },
    {
      name: 'the same, blocked now',
      because: 'the reason of a block is not part of the action',
      now: { action: { ...create, blockedReason: 'later' } },
      is: undefined,
    },
    {
      name: 'another resource',
      because: 'nobody reviewed it',
      now: { action: { ...create, id: 'privateNetworks/b:create', name: 'b' } },
      is: 'it is not in the plan that is applied',
    },
    {
      name: 'another content',
      because: 'nobody reviewed that',
      now: { action: { ...create, changes: [] } },
      is: changed,
    },
    {
      name: 'another live state',
      because: 'somebody changed it since',
      now: { live: () => 'something else' },
      is: changed,
    },
    {
      name: 'another hidden value',
      because: 'an approval of a harmless script does not run another one',
      now: { yaml: () => 'another digest' },
      is: changed,
    },
    {
      name: 'contents that differ from the displayed action',
      because: 'people approve what is displayed',
      now: { saved: displayedDifferently },
      is: changed,
    },
    {
      name: 'another store, and a hidden value',
      because: 'digests of two stores cannot be compared',
      now: { action: script, digest: (text) => `theirs ${text}` },
      is: 'the plan was made with another store, so the values that it does not show cannot be compared; make another plan',
    },
    {
      name: 'another store, and no hidden values',
      because: 'everything can be compared',
      now: { digest: (text) => `theirs ${text}` },
      is: undefined,
    },
  ])('$name: $because', ({ now, is }) => {
    expect(outside(now)).toBe(is);
  });
});
