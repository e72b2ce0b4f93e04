import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runInstallations } from '../chaos/processes/runInstallations.ts';
import { whyNoPostgres } from '../support/postgresServer.ts';

test.runIf(whyNoPostgres() === undefined)(
  'three replicas write nothing twice and lose nothing, whatever happens to them: 10 rounds',
  async () => {
    const lines: string[] = [];
    const { violations, rounds, writes } = await runInstallations({
      seed: 1,
      rounds: 10,
      installations: 5,
      program: [process.execPath, join(inject('build'), 'bin/holdfast.js')],
      say: (line) => void lines.push(line),
    });
    expect([...violations, ...lines]).toEqual([]);
    expect(rounds).toBe(10);
    expect(writes).toBeGreaterThan(20);
  },
  600_000,
);
