import { StoreError } from '../../src/model/store.ts';
import type { Shown } from '../../src/server/views.ts';

/** What the server shows before the first pass, while its store is held. `over`: what is otherwise. */
export const shownWith = (over: Partial<Shown> = {}): Shown => ({
  status: async () => {
    throw new StoreError('another process has the right to write');
  },
  resources: () => ({ items: [], total: 0, nextPage: null }),
  graph: () => ({ nodes: [], edges: [] }),
  calendar: async () => [],
  waste: () => ({ schema: 'holdfast/waste/v1', items: [], incomplete: [] }),
  cost: async (by) => ({
    schema: 'holdfast/cost/v1',
    by,
    since: '2026-11-01',
    until: '2026-11-21T10:00:00.000Z',
    items: [],
    total: { usd: 0, unknownHours: 0 },
    now: { hourly: 0, known: false },
    month: { since: '2026-11-01', spent: 0, forecast: 0, known: false },
  }),
  passes: async () => [],
  trends: async () => [],
  report: async () => undefined,
  resource: async () => undefined,
  events: { answer: (context) => context.text('events') },
  metrics: async () => ({ type: 'text/plain; version=0.0.4', text: 'holdfast_config_valid 1\n' }),
  whyNotReady: async () => undefined,
  ...over,
});
