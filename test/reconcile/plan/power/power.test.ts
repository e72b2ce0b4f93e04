import { describe, expect, test } from 'vitest';
import {
  planPower,
  powerOf,
  type PowerState,
  wantedPower,
} from '../../../../src/reconcile/plan/power/power.ts';
import { whyNotWakeable } from '../../../../src/reconcile/plan/power/wakeable.ts';
import { liveMachine, machine } from '../../../support/machines.ts';
import { planTests, wholePlanTests } from '../../../support/planRows.ts';
import { actionsOf, bindings, catalog, have, now, planFor, want } from '../../../support/team.ts';
import { createTimetables } from '../../../../src/model/time/timetable.ts';

const power = catalog.kinds.get('machines')?.power;
/** A timetable that is off at the time of these tests. */
const closed = { running: 'Mon-Fri 08:00-19:00' };
const blocked = 'it must be off for that; set state: off or lifecycle.allowStop';

describe('the observed power', () => {
  test.each([
    { because: 'it is running', state: 'running', is: 'running' },
    { because: 'it is off', state: 'off', is: 'off' },
    { because: 'a transitional state is unknown', state: 'starting', is: undefined },
  ])('$because', ({ state, is }) => {
    expect(powerOf(power, have('machines', 'm', { state }))).toBe(is);
    expect(powerOf(undefined, have('machines', 'm', { state }))).toBeUndefined();
  });
});

describe('the desired power', () => {
  test.each([
    { because: 'state is running', state: 'running', wants: 'running' },
    { because: 'state is off', state: 'off', wants: 'off' },
    { because: 'state is not declared', state: undefined, wants: undefined },
    {
      because: 'Saturday is outside the timetable',
      state: { running: 'Mon-Fri 08:00-19:00' },
      wants: 'off',
    },
    {
      because: 'ten is within the timetable',
      state: { running: 'Sat 08:00-19:00' },
      wants: 'running',
    },
    {
      because: 'the day is excepted',
      state: { running: 'Sat 08:00-19:00', except: [now.toISOString().slice(0, 10)] },
      wants: 'off',
    },
  ])('$because', ({ state, wants }) => {
    const desired = want('machines', 'm', { state });
    const instant = { now, timetables: createTimetables(), wakes: new Map() };
    expect(wantedPower(power, desired, instant)).toBe(wants);
    expect(wantedPower(undefined, desired, instant)).toBeUndefined();
  });
});

describe('a wake', () => {
  const until = (time: string) =>
    new Map([['machines/m' as const, { at: now.toISOString(), by: 'ada', until: time }]]);
  const late = '2026-11-21T14:00:00.000Z';
  test.each([
    { because: 'it overrides a timetable', state: closed, wakes: until(late), wants: 'running' },
    {
      because: 'it ends',
      state: closed,
      wakes: until(now.toISOString()),
      wants: 'off',
    },
    {
      because: 'it overrides an excepted day',
      state: { running: '00:00-24:00', except: ['2026-11-21'] },
      wakes: until(late),
      wants: 'running',
    },
    { because: 'the YAML says off', state: 'off', wakes: until(late), wants: 'off' },
    {
      because: 'the YAML no longer manages the state',
      state: undefined,
      wakes: until(late),
      wants: undefined,
    },
  ])('$wants: $because', ({ state, wakes, wants }) => {
    const desired = want('machines', 'm', { state });
    expect(wantedPower(power, desired, { now, timetables: createTimetables(), wakes })).toBe(wants);
  });

  test('makes a plan valid until its end', () => {
    const plan = planFor({
      want: [machine('m', { state: closed })],
      have: [liveMachine('m', { state: 'off' })],
      memory: { ...bindings('machines/m'), wakes: until(late) },
    });
    expect(actionsOf(plan)).toEqual(['machines/m:start']);
    expect(plan.validUntil).toEqual(new Date(late));
  });
});

describe('whether a machine can be woken', () => {
  test.each([
    { state: closed, says: undefined },
    { state: 'off', says: 'machines/m (team.yaml:1:1) declares state: off, and no timetable' },
    { state: 'running', says: 'declares state: running, and no timetable' },
    { state: undefined, says: 'machines/m (team.yaml:1:1) declares no timetable in state' },
    { state: closed, lifecycle: { manage: 'observe' as const }, says: 'is only observed' },
    { state: closed, lifecycle: { ignoreChanges: ['state'] }, says: 'ignores state' },
    {
      state: closed,
      lifecycle: { expires: '2026-11-21T10:00Z', onExpiry: 'off' as const },
      says: 'machines/m (team.yaml:1:1) expired 2026-11-21T10:00Z',
    },
    { state: closed, lifecycle: { expires: '2026-11-21T10:00Z' }, says: undefined },
  ])('state $state, $lifecycle: $says', ({ state, lifecycle, says }) => {
    const reason = whyNotWakeable(catalog, want('machines', 'm', { state }, lifecycle), now);
    expect(says === undefined ? reason : reason?.includes(says)).toBe(says && true);
  });

  test('a project has no power', () => {
    expect(whyNotWakeable(catalog, want('projects', 'p', {}), now)).toBe(
      'a project cannot be switched on and off',
    );
  });
});

describe('the steps from observed to desired power', () => {
  test.each<{
    because: string;
    is?: PowerState;
    wants?: PowerState;
    needsOff?: boolean;
    allowStop?: boolean;
    steps: string;
  }>([
    { because: 'it is running as desired', is: 'running', wants: 'running', steps: '' },
    { because: 'it is off as desired', is: 'off', wants: 'off', steps: '' },
    { because: 'no power is declared', is: 'running', steps: '' },
    { because: 'it is declared off', is: 'running', wants: 'off', steps: 'stop' },
    { because: 'it is declared running', is: 'off', wants: 'running', steps: 'start' },
    { because: 'a machine in an unknown state is not started', wants: 'running', steps: '' },
    { because: 'a machine in an unknown state is not stopped', wants: 'off', steps: '' },
    { because: 'it is off, so it can be updated', is: 'off', needsOff: true, steps: '' },
    {
      because: 'it is off, and started after the update',
      is: 'off',
      wants: 'running',
      needsOff: true,
      steps: 'start',
    },
    { because: 'it is off, and stays off', is: 'off', wants: 'off', needsOff: true, steps: '' },
    {
      because: 'it is stopped anyway',
      is: 'running',
      wants: 'off',
      needsOff: true,
      allowStop: true,
      steps: 'stop',
    },
    {
      because: 'it is stopped for the update',
      is: 'running',
      needsOff: true,
      allowStop: true,
      steps: 'stop start',
    },
    {
      because: 'lifecycle.allowStop is not set',
      is: 'running',
      wants: 'running',
      needsOff: true,
      steps: blocked,
    },
  ])(
    'from $is to $wants, update requires off, $needsOff: $because',
    ({ is, wants, needsOff = false, allowStop = false, steps }) => {
      const { stop, start, obstacle } = planPower(is, wants, needsOff, allowStop);
      const said = [
        ...(stop ? ['stop'] : []),
        ...(start ? ['start'] : []),
        ...(obstacle === undefined ? [] : [obstacle]),
      ];
      expect(said.join(' ')).toBe(steps);
    },
  );
});

const weekdays = { running: 'Mon-Fri 08:00-19:00', timezone: 'Europe/Berlin' };

planTests([
  {
    name: 'no declared state',
    because: 'the power is left unchanged',
    want: [machine('a'), machine('b')],
    have: [liveMachine('a'), liveMachine('b', { state: 'off' })],
  },
  {
    name: 'ignored state',
    because: 'the power is left unchanged',
    want: [machine('m', { state: 'off' }, { ignoreChanges: ['state'] })],
    have: [liveMachine('m')],
  },
  {
    name: 'running, declared off',
    because: 'it is stopped',
    want: [machine('a', { state: 'off' })],
    have: [liveMachine('a')],
    actions: ['machines/a:stop'],
    findings: ['drifted machines/a'],
  },
  {
    name: 'off, declared running',
    because: 'it is started',
    want: [machine('a', { state: 'running' })],
    have: [liveMachine('a', { state: 'off' })],
    actions: ['machines/a:start'],
    findings: ['drifted machines/a'],
  },
  {
    name: 'timetable on a weekend',
    because: 'the machine is stopped outside its hours',
    want: [machine('a', { state: weekdays })],
    have: [liveMachine('a')],
    actions: ['machines/a:stop'],
    findings: ['drifted machines/a'],
  },
  {
    name: 'timetable in the morning',
    because: '07:30 UTC is 08:30 in Berlin',
    want: [machine('a', { state: weekdays })],
    have: [liveMachine('a', { state: 'off' })],
    now: new Date('2026-11-20T07:30:00Z'),
    actions: ['machines/a:start'],
    findings: ['drifted machines/a'],
  },
  {
    name: 'resize of a running machine',
    because: 'lifecycle.allowStop is not set',
    want: [machine('a', { machineType: 'C7' })],
    have: [liveMachine('a')],
    findings: [
      'blocked machines/a: machineType: it must be off for that; set state: off or lifecycle.allowStop',
    ],
  },
  {
    name: 'resize with allowStop',
    because: 'the machine is stopped, updated and started again',
    want: [machine('a', { machineType: 'C7', diskSize: 100 }, { allowStop: true })],
    have: [liveMachine('a')],
    actions: ['machines/a:stop', 'machines/a:update', 'machines/a:start'],
    findings: ['drifted machines/a'],
  },
  {
    name: 'resize of a machine that is declared off',
    because: 'it is stopped anyway',
    want: [machine('a', { machineType: 'C7', state: 'off' })],
    have: [liveMachine('a')],
    actions: ['machines/a:stop', 'machines/a:update'],
    findings: ['drifted machines/a'],
  },
  {
    name: 'resize of a machine that is declared running',
    because: 'it is updated before it is started',
    want: [machine('a', { machineType: 'C7', state: 'running' })],
    have: [liveMachine('a', { state: 'off' })],
    actions: ['machines/a:update', 'machines/a:start'],
    findings: ['drifted machines/a'],
  },
  {
    name: 'resize and another change',
    because: 'a blocked field does not block other fields',
    want: [machine('a', { machineType: 'C7', autoShutdownEnabled: true })],
    have: [liveMachine('a', { autoShutdownEnabled: false })],
    actions: ['machines/a:update'],
    findings: [
      'blocked machines/a: machineType: it must be off for that; set state: off or lifecycle.allowStop',
    ],
  },
]);

wholePlanTests([
  {
    name: 'resize with allowStop, whole plan',
    because: 'stop, update and start run in this order',
    want: [machine('m', { machineType: 'C7', diskSize: 100 }, { allowStop: true })],
    have: [liveMachine('m')],
    memory: bindings('machines/m'),
    plan: [
      'drifted machines/m (id-m); machineType "C5" → "C7"; diskSize 50 → 100; unverifiable: template',
      'stop machines/m; of id-m; state "running" → "off"',
      'update machines/m; of id-m; fields machineType diskSize; machineType "C5" → "C7"; diskSize 50 → 100; after machines/m:stop',
      'start machines/m; of id-m; state "off" → "running"; after machines/m:stop; after the end of machines/m:update',
    ],
  },
  {
    name: 'resize of two fields',
    because: 'every field that requires a stop is reported',
    want: [machine('m', { machineType: 'C7', diskSize: 100 })],
    have: [liveMachine('m')],
    memory: bindings('machines/m'),
    plan: [
      'blocked machines/m (id-m); machineType "C5" → "C7"; diskSize 50 → 100; unverifiable: template; machineType, diskSize: it must be off for that; set state: off or lifecycle.allowStop',
    ],
  },
]);

test('unknown power is drift, and the machine is neither started nor stopped', () => {
  const unknown = have('machines', 'm', { machineType: 'C5', region: 'ny2', diskSize: 50 });
  const planned = planFor({ want: [machine('m', { state: 'off' })], have: [unknown] });
  expect(planned.assessments[0]?.changes).toEqual([
    { path: 'state', desired: 'off', observed: null },
  ]);
  expect(actionsOf(planned)).toEqual([]);
});
