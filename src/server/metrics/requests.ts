import { Counter, Histogram, type Registry } from 'prom-client';
import type { EndedRequest } from '../../model/api.ts';

/** In seconds. */
const waitBuckets = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of API requests. Returns the function that counts one. */
export function requestMetrics(registry: Registry): (request: EndedRequest) => void {
  const registers = [registry];
  const requests = new Counter({
    name: 'holdfast_api_requests_total',
    help: 'Requests sent to the Paperspace API; status none: no response.',
    labelNames: ['method', 'status'],
    registers,
  });
  const waits = new Histogram({
    name: 'holdfast_api_throttle_wait_seconds',
    help: 'Time that requests waited for the throttle.',
    buckets: waitBuckets,
    registers,
  });
  return ({ method, status, waitedMs }) => {
    requests.inc({ method, status: String(status ?? 'none') });
    waits.observe(waitedMs / 1000);
  };
}
