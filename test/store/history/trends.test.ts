import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/sqlite/database.ts';
import { reportWith, resource } from '../../support/reports.ts';
import { directory, open, onSqlite } from '../testStores.ts';
import { at, hour, minute, partsOf, recordPasses, start } from './recordPasses.ts';

const a = 'machines/a';
const b = 'projects/b';

describe('trends', () => {
  const inSync = { [a]: 'inSync' } as const;

  test('have one row per hour, oldest first, from the hour that is asked for', async () => {
    await using store = await open(':memory:');
    await recordPasses(store, [
      { minute: 0, found: { [a]: 'drifted' } },
      { minute: 59, found: { [a]: 'drifted' } },
      { minute: 60, found: inSync },
      { minute: 240, found: inSync },
    ]);
    const trends = await store.trends(at(-hour));
    expect(trends.map((trend) => [trend.hour, trend.passes, trend.open])).toEqual([
      [at(0), 2, 1],
      [at(hour), 1, 0],
      [at(4 * hour), 1, 0],
    ]);
    expect(trends[1]).toEqual({
      hour: at(hour),
      passes: 1,
      open: 0,
      maxOpen: 0,
      repaired: 1,
      repairSeconds: 3600,
      costManaged: 0,
      costUnmanaged: 0,
      passSeconds: 2,
      maxPassSeconds: 2,
    });
    const since = await store.trends(at(hour + 30 * minute));
    expect(since.map((trend) => trend.hour)).toEqual([at(hour), at(4 * hour)]);
  });

  test('are kept for 30 days', async () => {
    await using store = await open(':memory:');
    for (let index = 0; index < 725; index += 1)
      await store.recordPass(
        reportWith({
          pass: String(index).padStart(6, '0'),
          startedAt: at(index * hour),
          finishedAt: at(index * hour + minute),
        }),
        3,
      );
    const trends = await store.trends(at(0));
    expect([trends.length, trends[0]?.hour, trends.at(-1)?.hour]).toEqual([
      720,
      at(5 * hour),
      at(724 * hour),
    ]);
  });

  test('of a pass that cannot be recorded are not written', async () => {
    await using store = await open(':memory:');
    await store.recordPass(reportWith({ pass: '01A' }), 3);
    const message = {
      id: 'm',
      workspace: 'default',
      pass: '01B',
      at: at(0),
      event: 'opened',
      opened: [],
      resolved: [],
    } as const;
    const twice = [message, message].map((sent) => ({ sink: 's', message: sent }));
    const alerts = {
      write: [],
      forget: [],
      messages: twice,
      sinks: [{ id: 's', hasBaseline: true }],
    };
    await expect(store.recordPass(reportWith({ pass: '01B' }), 3, { alerts })).rejects.toThrow(
      /unique/i,
    );
    expect((await store.passes(9)).map(({ pass }) => pass)).toEqual(['01A']);
    expect((await store.trends(at(0)))[0]).toMatchObject({ passes: 1 });
  });
});

test.runIf(onSqlite)('a pass that changes nothing writes no condition', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  await using store = await open(path);
  const found = { [a]: 'inSync', [b]: 'drifted' } as const;
  await recordPasses(store, [{ minute: 0, found }]);
  const database = openSqlite(path);
  await sql`create table writes_seen (address text)`.execute(database);
  await sql`create trigger seen after update on conditions begin
    insert into writes_seen values (new.address); end`.execute(database);
  await database.destroy();
  const { conditions } = await store.memory(new Date(start));
  const report = reportWith({
    pass: '01Z',
    finishedAt: at(minute),
    resources: [...conditions.values()].map(({ address, status, since }) => ({
      ...resource,
      ...partsOf(address),
      status,
      since,
    })),
  });
  await store.recordPass(report, 100);
  const reader = openSqlite(path);
  const { rows } = await sql`select address from writes_seen`.execute(reader);
  await reader.destroy();
  expect(rows).toEqual([]);
});
