import { expect } from 'vitest';
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
  type World,
} from '../../src/simulator/simulator.ts';
import { checkContract, type ContractReport } from '../support/contract.ts';

/** An answer. `body` is the unchecked JSON. */
interface Reply {
  readonly status: number;
  // JSON at the edge of a test: the contract is checked on every exchange.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}

/** A simulated team with a clock of its own, and a client. Its disposal fails if any answer violated the contract. */
export interface Team extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly world: World;
  readonly contract: ContractReport;
  /** Advances the clock. */
  readonly wait: (ms: number) => void;
  /** Sends a request and returns any answer. */
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    init?: RequestInit,
  ) => Promise<Reply>;
  /** Sends a request, expects 200, and returns the body of the answer. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly ok: (method: string, path: string, body?: unknown) => Promise<any>;
  /** Creates a machine and waits until it is ready or off. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly machine: (fields?: object) => Promise<any>;
}

/** The initial time of the tests' clocks. */
export const start = Date.UTC(2026, 0, 1);

/** The body of a create of a machine. */
export const newMachine = {
  name: 'trainer-1',
  machineType: 'C5',
  templateId: 't0nspur5',
  diskSize: 50,
  region: 'ny2',
};

export async function startTeam(options: SimulatorOptions = {}): Promise<Team> {
  let now = start;
  const simulator = await startSimulator({ now: () => now, ...options });
  const contract = checkContract(simulator);
  const team: Team = {
    simulator,
    world: simulator.world,
    contract,
    wait: (ms) => {
      now += ms;
    },
    send: async (method, path, body, init) => {
      const response = await fetch(`${simulator.url}${path}`, {
        method,
        headers: {
          authorization: 'Bearer key',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...init,
      });
      const text = await response.text();
      return { status: response.status, body: parse(text), headers: response.headers };
    },
    ok: async (method, path, body) => {
      const reply = await team.send(method, path, body);
      expect(reply, `${method} ${path}`).toMatchObject({ status: 200 });
      return reply.body;
    },
    machine: async (fields = {}) => {
      const { data } = await team.ok('POST', '/machines', { ...newMachine, ...fields });
      team.wait(60_000);
      return team.ok('GET', `/machines/${data.id}`);
    },
    async [Symbol.asyncDispose]() {
      await simulator[Symbol.asyncDispose]();
      expect(contract.answers).toEqual([]);
    },
  };
  return team;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
