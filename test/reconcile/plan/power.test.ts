import { describe, expect, test } from 'vitest';
import {
  planPower,
  powerOf,
  wantedPower,
  type PowerState,
} from '../../../src/reconcile/plan/power.ts';
import { catalog, have, now, want } from '../../support/team.ts';

const power = catalog.kinds.get('machines')?.power;
const blocked = 'it must be off for that; set state: off or lifecycle.allowStop';

describe('the power that is', () => {
  test.each([
    { because: 'it runs', state: 'running', is: 'running' },
    { because: 'it is off', state: 'off', is: 'off' },
    { because: 'what is between is not known', state: 'starting', is: undefined },
  ])('$because', ({ state, is }) => {
    expect(powerOf(power, have('machines', 'm', { state }))).toBe(is);
    expect(powerOf(undefined, have('machines', 'm', { state }))).toBeUndefined();
  });
});

describe('the power that is wanted', () => {
  test.each([
    { because: 'it says so', state: 'running', wants: 'running' },
    { because: 'it says so too', state: 'off', wants: 'off' },
    { because: 'nobody said', state: undefined, wants: undefined },
    { because: 'it is Saturday', state: { running: 'Mon-Fri 08:00-19:00' }, wants: 'off' },
    { because: 'it is ten', state: { running: 'Sat 08:00-19:00' }, wants: 'running' },
  ])('$because', ({ state, wants }) => {
    const machine = want('machines', 'm', { state });
    expect(wantedPower(power, machine, now)).toBe(wants);
    expect(wantedPower(undefined, machine, now)).toBeUndefined();
  });
});

describe('the way there', () => {
  test.each<{
    because: string;
    is?: PowerState;
    wants?: PowerState;
    needsOff?: boolean;
    allowStop?: boolean;
    steps: string;
  }>([
    { because: 'it is as wanted', is: 'running', wants: 'running', steps: '' },
    { because: 'it is off as wanted', is: 'off', wants: 'off', steps: '' },
    { because: 'it is nobody’s business', is: 'running', steps: '' },
    { because: 'it is to be off', is: 'running', wants: 'off', steps: 'stop' },
    { because: 'it is to run', is: 'off', wants: 'running', steps: 'start' },
    { because: 'what is not known is not started', wants: 'running', steps: '' },
    { because: 'nor stopped', wants: 'off', steps: '' },
    { because: 'it is off, and may be written', is: 'off', needsOff: true, steps: '' },
    {
      because: 'it is off, and started after',
      is: 'off',
      wants: 'running',
      needsOff: true,
      steps: 'start',
    },
    { because: 'it is off, and stays so', is: 'off', wants: 'off', needsOff: true, steps: '' },
    {
      because: 'it is stopped anyway',
      is: 'running',
      wants: 'off',
      needsOff: true,
      allowStop: true,
      steps: 'stop',
    },
    {
      because: 'it passes through off',
      is: 'running',
      needsOff: true,
      allowStop: true,
      steps: 'stop start',
    },
    {
      because: 'nobody allowed it',
      is: 'running',
      wants: 'running',
      needsOff: true,
      steps: blocked,
    },
  ])(
    '$is to $wants, needs off: $needsOff: $because',
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
