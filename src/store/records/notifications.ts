import type {
  Alert,
  AlertChanges,
  AlertClass,
  AlertState,
  Message,
  TrackedAlert,
} from '../../model/notify/alert.ts';
import type { NotificationStore } from '../../model/store.ts';
import { partsOf, upsert } from '../rows.ts';
import type { Database, Tables } from '../schema/tables.ts';

/** Alerts and messages. They are no part of the memory, so writing them leaves its cache as it is. */
export const notificationStore = (database: Database): NotificationStore => ({
  alertState: () => database.transaction().execute(readAlertState),
  async pendingMessages() {
    const rows = await database
      .selectFrom('messages')
      .selectAll()
      .orderBy('id')
      .orderBy('sink')
      .execute();
    return rows.map(({ sink, content, attempts, next_at: nextAt }) => ({
      sink,
      message: JSON.parse(content) as Message,
      attempts,
      nextAt,
    }));
  },
  async recordAttempt(sink, id, nextAt) {
    await database
      .updateTable('messages')
      .set(({ eb }) => ({ attempts: eb('attempts', '+', 1), next_at: nextAt }))
      .where('sink', '=', sink)
      .where('id', '=', id)
      .execute();
  },
  async postponeMessage(sink, id, nextAt) {
    await database
      .updateTable('messages')
      .set({ next_at: nextAt })
      .where('sink', '=', sink)
      .where('id', '=', id)
      .execute();
  },
  async removeMessage(sink, id) {
    await database.deleteFrom('messages').where('sink', '=', sink).where('id', '=', id).execute();
  },
});

async function readAlertState(database: Database): Promise<AlertState> {
  const alerts = await database.selectFrom('alerts').selectAll().execute();
  const sinks = await database.selectFrom('sinks').selectAll().execute();
  return {
    alerts: alerts.map((row) => ({
      sink: row.sink,
      class: row.class as AlertClass,
      kind: row.kind || null,
      name: row.name || null,
      since: row.since,
      reason: row.reason,
      state: row.state as TrackedAlert['state'],
      passes: row.passes,
      toldAt: row.told_at,
    })),
    sinks: new Set(sinks.map(({ sink }) => sink)),
  };
}

/** Writes what a pass changes, in its transaction. */
export async function recordAlerts(
  database: Database,
  { write, forget, messages, sinks }: AlertChanges,
): Promise<void> {
  const ids = sinks.map(({ id }) => id);
  for (const table of ['sinks', 'alerts', 'messages'] as const)
    await database
      .deleteFrom(table)
      .$if(ids.length > 0, (query) => query.where('sink', 'not in', ids))
      .execute();
  await deleteAlerts(database, forget);
  await upsert(database, 'alerts', ['sink', 'class', 'kind', 'name'], write.map(alertRow));
  const rows = messages.map(({ sink, message }) => ({
    sink,
    id: message.id,
    content: JSON.stringify(message),
    attempts: 0,
    next_at: message.at,
  }));
  for (const part of partsOf(rows)) await database.insertInto('messages').values(part).execute();
  for (const { id, hasBaseline } of sinks)
    if (hasBaseline)
      await database
        .insertInto('sinks')
        .values({ sink: id })
        .onConflict((conflict) => conflict.column('sink').doNothing())
        .execute();
}

const keyOf = (sink: string, alert: Alert) => ({
  sink,
  class: alert.class,
  kind: alert.kind ?? '',
  name: alert.name ?? '',
});

async function deleteAlerts(database: Database, alerts: readonly TrackedAlert[]): Promise<void> {
  const keys = alerts.map((alert) => keyOf(alert.sink, alert));
  const groups = Map.groupBy(keys, (key) => JSON.stringify([key.sink, key.class, key.kind]));
  for (const part of groups.values().flatMap(partsOf)) {
    const [{ sink, class: alertClass, kind }] = part;
    await database
      .deleteFrom('alerts')
      .where('sink', '=', sink)
      .where('class', '=', alertClass)
      .where('kind', '=', kind)
      .where(
        'name',
        'in',
        part.map(({ name }) => name),
      )
      .execute();
  }
}

const alertRow = (alert: TrackedAlert): Tables['alerts'] => ({
  ...keyOf(alert.sink, alert),
  since: alert.since,
  reason: alert.reason,
  state: alert.state,
  passes: alert.passes,
  told_at: alert.toldAt,
});
