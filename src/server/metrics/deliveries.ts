import { Counter, type Registry } from 'prom-client';

/** The metric of attempts to deliver notifications. Returns the function that counts one. */
export function notificationMetrics(registry: Registry): (sink: string, outcome: string) => void {
  const attempts = new Counter({
    name: 'holdfast_notifications_total',
    help: 'Attempts to deliver a notification; outcome: delivered, retried, dropped, gone.',
    labelNames: ['sink', 'outcome'],
    registers: [registry],
  });
  return (sink, outcome) => attempts.inc({ sink, outcome });
}

/** The metric of webhooks. Returns the function that counts one. */
export function hookMetrics(registry: Registry): (forge: string, result: string) => void {
  const hooks = new Counter({
    name: 'holdfast_hooks_total',
    help: 'Webhooks; result: accepted, ignored (no push), repeated, unsigned, refused, tooLong, unreadable (the secret), off.',
    labelNames: ['forge', 'result'],
    registers: [registry],
  });
  return (forge, result) => hooks.inc({ forge, result });
}
