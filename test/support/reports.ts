import type { BudgetStatus } from '../../src/model/money/budget.ts';
import type { Report } from '../../src/model/pass/report.ts';

const none = { create: 0, update: 0, assign: 0, unassign: 0, start: 0, stop: 0, delete: 0 };

/** Returns the report of a pass without findings, with some fields replaced. */
export const reportWith = (over: Partial<Report> = {}): Report => ({
  schema: 'holdfast/report/v1',
  pass: '01KAPASS',
  workspace: 'default',
  trigger: 'cli',
  revision: 'r',
  digest: 'd',
  mode: 'enforce',
  startedAt: '2026-11-21T10:00:00.000Z',
  finishedAt: '2026-11-21T10:00:01.000Z',
  complete: true,
  incomplete: [],
  summary: {
    inSync: 0,
    drifted: 0,
    missing: 0,
    pending: 0,
    blocked: 0,
    failed: 0,
    ambiguous: 0,
    contended: 0,
    orphaned: 0,
    unmanaged: 0,
    actions: none,
  },
  resources: [],
  actions: [],
  api: {
    requests: 0,
    retries: 0,
    rateLimited: 0,
    waitedMs: 0,
    throttle: { rate: 10, waiting: 0, running: 0, refused: 0, headroom: 1 },
  },
  estimate: { requests: 0, seconds: 0 },
  cost: {
    currency: 'USD',
    unpriced: [],
    hourly: { managed: 0, unmanaged: 0, change: 0 },
    monthly: { change: 0 },
  },
  ...over,
});

/** A budget of which the warning is spent. */
export const spentBudget: BudgetStatus = {
  name: 'ml',
  monthly: 2000,
  warn: 80,
  hold: false,
  spent: 1640,
  known: true,
  state: 'warn',
};

/** A planned action without verb and changes. */
export const action = {
  kind: 'machines',
  name: 'a',
  relation: null,
  member: null,
  resourceId: null,
  requires: [],
  outcome: 'planned',
  error: null,
  note: null,
  attempts: 0,
  changes: [],
} as const;
/** A machine in a report without its status, which is new in this pass. */
export const resource = {
  kind: 'machines',
  name: 'a',
  id: 'id-a',
  changes: [],
  unverifiable: [],
  reason: null,
  since: '2026-11-21T10:00:01.000Z',
  source: null,
} as const;
