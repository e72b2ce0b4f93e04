import { liveMachine, liveNetwork, machine, network, script } from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, have } from '../../support/team.ts';

planTests([
  {
    name: 'not ready',
    because: 'only a ready machine is changed (FACTS 4.1)',
    want: [machine('m', { machineType: 'C7' })],
    have: [liveMachine('m', {}, { ready: false, transition: 'provisioning' })],
    findings: ['pending machines/m: provisioning'],
  },
  {
    name: 'not ready, without a transition',
    because: 'the reason is a generic one, and fields are not compared',
    want: [machine('m', { machineType: 'C7' })],
    have: [liveMachine('m', {}, { ready: false, transition: undefined })],
    findings: ['pending machines/m: the API is at work on it'],
  },
  {
    name: 'failed, with a blocked change',
    because: 'the status is failed, and both reasons are reported',
    want: [machine('m', { diskSize: 50 })],
    have: [liveMachine('m', { diskSize: 100 }, { ready: false, failure: 'it broke' })],
    findings: ['failed machines/m: diskSize can only grow; it broke'],
  },
]);

wholePlanTests([
  {
    name: 'failed, in sync',
    because: 'no update can help',
    want: [network('a')],
    have: [liveNetwork('a', { ready: false, failure: 'it broke' })],
    memory: bindings('privateNetworks/a'),
    plan: ['failed privateNetworks/a (id-a); it broke'],
  },
  {
    name: 'failed, with a change',
    because: 'the update may repair it',
    want: [script('a', { isRunOnce: true })],
    have: [
      have('startupScripts', 'a', { isRunOnce: false }, { ready: false, failure: 'it broke' }),
    ],
    memory: bindings('startupScripts/a'),
    plan: [
      'drifted startupScripts/a (id-a); isRunOnce false → true; unverifiable: script; it broke',
      'update startupScripts/a; of id-a; fields isRunOnce; isRunOnce false → true',
    ],
  },
]);
