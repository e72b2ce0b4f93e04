import type { Status } from '../../../src/model/pass/plan.ts';
import type { Report } from '../../../src/model/pass/report.ts';
import type { Store } from '../../../src/model/store.ts';
import { action, reportWith, resource } from '../../support/reports.ts';

export const start = Date.parse('2026-11-21T10:00:00.000Z');
export const minute = 60_000;
export const hour = 60 * minute;
export const at = (milliseconds: number): string => new Date(start + milliseconds).toISOString();

/** A pass: its time in minutes, the statuses of resources by address, and the kinds that it could not list. */
export interface Pass {
  readonly minute: number;
  readonly found: Readonly<Record<string, Status>>;
  readonly unlisted?: readonly string[];
  /** The addresses of resources that the pass has updated. */
  readonly done?: readonly string[];
}

export const partsOf = (address: string) => {
  const [kind = '', name = ''] = address.split('/');
  return { kind, name };
};

/**
 * Records passes, and returns the repairs of each. As in the program, `since` is that of the stored condition as long
 * as the status is the same.
 */
export async function recordPasses(store: Store, passes: readonly Pass[]) {
  const repairs: string[][] = [];
  for (const pass of passes) {
    const finishedAt = at(pass.minute * minute);
    const { conditions } = await store.memory(new Date(finishedAt));
    const statuses = Object.entries(pass.found);
    const report = reportWith({
      pass: String(pass.minute).padStart(4, '0'),
      startedAt: at(pass.minute * minute - 2000),
      finishedAt,
      complete: pass.unlisted === undefined,
      incomplete: (pass.unlisted ?? []).map((kind) => ({ kind, error: 'no' })),
      resources: statuses.map(([address, status]) => {
        const before = [...conditions.values()].find((condition) => condition.address === address);
        const since = before?.status === status ? before.since : finishedAt;
        return { ...resource, ...partsOf(address), status, since };
      }),
      actions: (pass.done ?? []).map((address) => ({
        ...action,
        ...partsOf(address),
        id: `${address}:update`,
        verb: 'update',
        outcome: 'done',
      })),
    });
    const ended = await store.recordPass(withSummary(report), 100);
    repairs.push(ended.map(({ kind, name, seconds }) => `${kind}/${name} ${seconds}`));
  }
  return repairs;
}

const withSummary = (report: Report): Report => {
  const count = (status: Status) => report.resources.filter((found) => found.status === status);
  const { summary } = report;
  return {
    ...report,
    summary: {
      ...summary,
      drifted: count('drifted').length,
      pending: count('pending').length,
      inSync: count('inSync').length,
    },
  };
};
