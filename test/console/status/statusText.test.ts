import { expect, test } from 'vitest';
import { teamStatusText } from '../../../src/console/status/statusText.ts';
import {
  isConverged,
  type Finding,
  type TeamStatus,
} from '../../../src/console/status/teamStatus.ts';
import { plain } from '../../../src/report/text.ts';
import { reportWith } from '../../support/reports.ts';

const now = new Date('2026-11-21T10:00:00Z');
const { summary } = reportWith();
const pass = {
  pass: '01',
  trigger: 'schedule',
  mode: 'enforce',
  startedAt: '2026-11-21T09:56:00Z',
  finishedAt: '2026-11-21T09:57:00Z',
  summary: { ...summary, inSync: 3 },
} as const;
const calm: TeamStatus = {
  passes: [pass],
  findings: [],
  suspensions: [],
  wakes: [],
  incomplete: [],
  configError: null,
  nextPass: null,
  currentPass: null,
  notifications: [],
  reportError: null,
  notReady: null,
  configChanged: false,
};
const suspension = { at: '2026-11-21T08:00:00Z', by: 'ada', reason: 'an incident', until: null };
const sink = { sink: 'slack', pending: 0, oldest: null, error: null, off: false };

const textOf = (over: Partial<TeamStatus>): string =>
  teamStatusText({ ...calm, ...over }, { now, paint: plain, none: 'no pass has ended yet' });

const finding = (status: Finding['status'], name: string): Finding => ({
  address: `machines/${name}`,
  status,
  since: '2026-11-21T09:00:00Z',
  reason: null,
});

test('machines that run in spite of their timetables come before the times', () => {
  const wakes = [{ address: 'machines/a', by: 'ada', until: '2026-11-21T14:00:00Z' }] as const;
  const [first, second] = textOf({ wakes }).split('\n');
  expect(first).toBe('machines/a is awake until 2026-11-21T14:00:00Z (ada)');
  expect(second).toContain('last pass');
  expect(textOf({ wakes })).toContain('All in sync.');
});

test('the last pass with its age, and the verdict', () => {
  expect(textOf({})).toBe(
    [
      'last pass 3 minutes ago',
      '',
      'Last passes',
      '  2026-11-21T09:57:00Z  schedule  enforce  3 in sync',
      '',
      'All in sync.',
      '',
    ].join('\n'),
  );
  expect(textOf({ passes: [] })).toBe('no pass has ended yet\n');
});

test.each<{
  over: Partial<TeamStatus>;
  first: string;
  isConverged: boolean;
  because: string;
}>([
  {
    over: { notReady: 'the disk is full' },
    first: 'Not ready: the disk is full',
    isConverged: false,
    because: 'a pass that was given up says nothing about the team',
  },
  {
    over: { configError: 'team.yaml:1:2: x\nteam.yaml:2:2: y' },
    first:
      'The present config is not in force; the last good one is:\n  team.yaml:1:2: x\n  team.yaml:2:2: y',
    isConverged: false,
    because: 'what is declared now is not in force',
  },
  {
    over: { configError: 'abcdefg'.split('').join('\n') },
    first:
      'The present config is not in force; the last good one is:\n  a\n  b\n  c\n  d\n  e\n  and 2 more problems',
    isConverged: false,
    because: 'a config may have thousands of problems',
  },
  {
    over: { configChanged: true },
    first: 'The config has changed since the last pass',
    isConverged: false,
    because: 'no pass has seen this config',
  },
  {
    over: { incomplete: [{ kind: 'machines', error: 'a 500\u001b' }] },
    first: String.raw`machines could not be listed: a 500\u001b`,
    isConverged: false,
    because: 'what was not listed may be missing, and the message comes from outside',
  },
  {
    over: {
      currentPass: { trigger: 'schedule', startedAt: '2026-11-21T09:00:00Z', overdue: true },
    },
    first: 'The running pass does not end: it began at 2026-11-21T09:00:00Z',
    isConverged: false,
    because: 'the daemon hangs',
  },
  {
    over: { notifications: [sink, { ...sink, pending: 2, error: 'answered 500' }] },
    first: 'Notifications to slack are not delivered: answered 500 (2 messages waiting)',
    isConverged: true,
    because: 'the team is in sync, but nobody would hear if it were not',
  },
  {
    over: { notifications: [{ ...sink, error: 'answered 410', off: true }] },
    first: 'Notifications to slack are off until the next start: answered 410',
    isConverged: true,
    because: 'the receiver is gone',
  },
  {
    over: { reportError: 'permission denied' },
    first: 'Whether the last pass could list everything is not known: permission denied',
    isConverged: true,
    because: 'another user runs the daemon',
  },
  {
    over: { suspensions: [{ target: '*', ...suspension }] },
    first: 'Everything is suspended since 2026-11-21T08:00:00Z by ada: an incident',
    isConverged: true,
    because: 'nothing would be done about a difference',
  },
])('$first: $because', ({ over, first, isConverged: expected, because }) => {
  const text = textOf(over);
  expect(text.startsWith(`${first}\n`), text).toBe(true);
  expect(text, because).not.toContain('All in sync');
  expect(text).toContain('No resource is known to be out of sync.');
  expect(isConverged({ ...calm, ...over })).toBe(expected);
});

test.each<[over: Partial<TeamStatus>, line: string, because: string]>([
  [
    { nextPass: '2026-11-21T10:04:30Z' },
    'last pass 3 minutes ago · next pass in 4 minutes',
    'a schedule is set',
  ],
  [
    { currentPass: { trigger: 'change', startedAt: '2026-11-21T09:59:50Z', overdue: false } },
    'last pass 3 minutes ago · a pass (change) began less than a minute ago',
    'a pass runs',
  ],
])('%j: %s', (over, line, because) => {
  expect(textOf(over).split('\n')[0], because).toBe(line);
  expect(textOf(over)).toContain('All in sync.');
});

test('resources are grouped by status, the worst first, and of one status 50 are listed', () => {
  const pending = Array.from({ length: 200 }, (_, i) => finding('pending', `p${i}`));
  const findings = [...pending, finding('missing', 'm'), finding('failed', 'f')];
  const lines = textOf({ findings }).split('\n').slice(5);
  expect(lines.slice(0, 4)).toEqual([
    'Not in sync: 1 failed, 1 missing, 200 pending',
    '  failed     machines/f  since 2026-11-21T09:00:00Z',
    '  missing    machines/m  since 2026-11-21T09:00:00Z',
    '  pending    machines/p0  since 2026-11-21T09:00:00Z',
  ]);
  expect(lines).toHaveLength(55);
  expect(lines[53]).toBe('  and 150 more pending');
  expect(isConverged({ ...calm, findings })).toBe(false);
});
