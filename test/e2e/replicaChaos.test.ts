import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runInstallations } from '../chaos/processes/runInstallations.ts';
import { whyNoPostgres } from '../support/postgresServer.ts';

test.runIf(whyNoPostgres() === undefined)(
  'three replicas write nothing twice and lose nothing, whatever happens to them: 10 rounds',
  async () => {
    const told: string[] = [];
    const { violations, rounds, writes } = await runInstallations({
      seed: 1,
      rounds: 10,
      installations: 5,
      program: [process.execPath, join(inject('build'), 'bin/holdfast.js')],
      say: (line) => void told.push(line),
    });
    expect([...violations, ...told]).toEqual([]);
    expect(rounds).toBe(10);
    expect(writes).toBeGreaterThan(20);
  },
  600_000,
);
