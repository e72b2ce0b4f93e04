import { describe, expect, test } from 'vitest';
import { flagsFor } from '../../../src/dashboard/elements/command.ts';
import { needsOf } from '../../../src/dashboard/findings/needs.ts';
import { approvalHint } from '../../../src/model/pass/approval.ts';
import type { ReportedResource } from '../../../src/model/pass/report.ts';
import { action, reportWith, resource } from '../../support/reports.ts';

const source = { file: 'team.yaml', line: 3, column: 5 };
const url = 'https://holdfast.example.com';
const noFlags = flagsFor(null, undefined);
const suspension = { at: '2026-11-21T10:00:00Z', by: null, reason: null, until: null };

/** The text and the command for one resource. */
const remedyFor = (
  over: Partial<ReportedResource> & Pick<ReportedResource, 'status'>,
  mode: 'observe' | 'enforce' = 'enforce',
  actions = reportWith().actions,
) => {
  const report = reportWith({ mode, actions, resources: [{ ...resource, ...over }] });
  const [need] = needsOf(report, new Map(), flagsFor(url, undefined));
  return [need?.remedy.text, need?.remedy.command];
};

const failed = { ...action, id: 'machines/a:create', verb: 'create', outcome: 'failed' } as const;

test.each([
  [
    { status: 'blocked', reason: `over a limit; ${approvalHint}` },
    [
      'A limit blocks the plan. Read the plan, then approve it:',
      `holdfast approve 01KAPASS --server ${url}`,
    ],
    'an approval lifts limits',
  ],
  [
    { status: 'blocked', reason: 'it must be off for that', source },
    [
      'Change its declaration at team.yaml:3, or see all that is known:',
      'holdfast explain machines/a',
    ],
    'only another declaration helps',
  ],
  [
    { status: 'contended', reason: 'written three times' },
    [
      'Something else changes it too. Find it, then let Holdfast go on:',
      `holdfast resume machines/a --server ${url}`,
    ],
    'a resume ends contention',
  ],
  [
    { status: 'ambiguous', name: "it's" },
    [
      'Several live resources match it. See which ones:',
      String.raw`holdfast explain 'machines/it'\''s'`,
    ],
    'the name is quoted for a shell',
  ],
  [
    { status: 'failed', reason: 'the API says that it is broken' },
    ['See what is known of the failure:', 'holdfast explain machines/a'],
    'there is nothing to try again',
  ],
  [
    { status: 'drifted', reason: 'observed only (lifecycle.manage)', source },
    [
      'Holdfast only observes. To take the live values into the config:',
      'holdfast accept machines/a',
    ],
    'its YAML says that Holdfast leaves it alone',
  ],
  [
    { status: 'drifted' },
    ['The next pass tries to mend it.', undefined],
    'nobody has to do anything',
  ],
  [
    { status: 'pending' },
    ['Paperspace is working on it; the next pass looks again.', undefined],
    'nobody has to do anything',
  ],
] as const)('%j: %j, since %s', (over, expected, _because) => {
  expect(remedyFor(over)).toEqual(expected);
});

test('a failed action can be tried again', () => {
  expect(remedyFor({ status: 'failed' }, 'enforce', [failed])).toEqual([
    'Mend the cause. To try again at once:',
    `holdfast resume machines/a --server ${url}`,
  ]);
});

test('in observe, a plan shows what apply would do', () => {
  expect(remedyFor({ status: 'missing' }, 'observe')[1]).toBe('holdfast plan');
});

test('in observe, drift can be accepted, from a repository by a branch', () => {
  const resources = [{ ...resource, name: 'a b', status: 'drifted' }] as const;
  const git = {
    url: 'https://git.example.com/org/team.git',
    ref: 'main',
    commit: 'c0ffee',
    author: 'Ada <ada@example.com>',
    committedAt: '2026-11-21T10:00:00Z',
    subject: 'Change',
    verified: null,
  };
  const commandOf = (report: Parameters<typeof needsOf>[0]) =>
    needsOf(report, new Map(), noFlags)[0]?.remedy.command;
  const report = reportWith({ mode: 'observe', resources });
  expect(commandOf(report)).toBe("holdfast accept 'machines/a b'");
  expect(commandOf({ ...report, git })).toBe(
    "holdfast accept 'machines/a b' --branch holdfast/accept-a-b",
  );
});

describe('needs', () => {
  test('are grouped by status and reason, and ordered by how much they matter', () => {
    const resources = [
      { ...resource, name: 'a', status: 'drifted' },
      { ...resource, name: 'b', status: 'blocked', reason: 'x', since: '2026-11-21T11:00:00Z' },
      { ...resource, name: 'c', status: 'blocked', reason: 'x', since: '2026-11-21T10:00:00Z' },
      { ...resource, name: 'd', status: 'inSync' },
      { ...resource, name: 'e', status: 'failed', reason: 'y' },
      { ...resource, name: 'f', status: 'drifted' },
    ] as const;
    const needs = needsOf(reportWith({ resources }), new Map(), noFlags);
    expect(
      needs.map((need) => `${need.status} ${need.resources.map(({ name }) => name).join('')}`),
    ).toEqual(['failed e', 'blocked bc', 'drifted a', 'drifted f']);
    expect(needs[1]?.since).toBe('2026-11-21T10:00:00Z');
  });

  test('of a suspended resource end with a resume', () => {
    const resources = [{ ...resource, status: 'blocked', reason: 'suspended' }] as const;
    const suspended = new Map([['machines/a', suspension] as const]);
    const [need] = needsOf(reportWith({ resources }), suspended, noFlags);
    expect(need?.remedy.command).toBe('holdfast resume machines/a');
  });
});

test('commands name the workspace, of several', () => {
  const resources = [{ ...resource, status: 'blocked' as const, reason: 'outside the windows' }];
  const needs = (address: string | null) =>
    needsOf(reportWith({ resources }), new Map(), flagsFor(address, 'ml')).map(
      ({ remedy }) => remedy.command,
    );
  expect(needs(null)).toEqual(['holdfast explain machines/a --workspace ml']);
  expect(flagsFor(null, 'ml').server).toBe(' --workspace ml');
  expect(flagsFor('https://x.example/workspaces/ml', 'ml').server).toBe(
    ' --server https://x.example/workspaces/ml',
  );
});
