import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proxyFor } from '../../src/api/transport/proxy.ts';
import { endlessLease, type Lease } from '../../src/model/lease.ts';
import { connect } from '../support/apiClient.ts';
import { selfSigned } from '../support/certificate.ts';
import { startProxy } from '../support/proxy.ts';
import { serve } from '../support/server.ts';

const trusted = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([...trusted, selfSigned.cert]));
afterAll(() => setDefaultCACertificates(trusted));

/**
 * A lease that is held the first `times` times that somebody asks. So it ends between two looks, as when the process
 * freezes there; nothing else tells of it.
 */
function endingLease(times: number): Lease & { asked(): number } {
  let asked = 0;
  return { ...endlessLease, isHeld: () => (asked += 1) <= times, asked: () => asked };
}

describe.each(['http', 'https', 'https through a proxy'])('over %s', (how) => {
  const tls = how === 'http' ? undefined : selfSigned;

  test.each(['new', 'kept'])(
    'a write is not sent after the lease has ended, whenever that is: a %s connection',
    async (connection) => {
      let arrivedWith = 0;
      for (let times = 0; arrivedWith === 0; times += 1) {
        await using server = await serve(() => ({ json: {} }), tls);
        await using proxy = await startProxy();
        let lease: ReturnType<typeof endingLease> = endingLease(Infinity);
        await using api = connect(server.url, {
          requests: { timeout: 10_000, retries: 0 },
          lease: { ...endlessLease, isHeld: () => lease.isHeld() },
          ...(how.endsWith('proxy')
            ? { proxy: proxyFor('https://api.example', { HTTPS_PROXY: proxy.url }) }
            : {}),
        });
        if (connection === 'kept') await api.get('/x');
        lease = endingLease(times);
        const before = server.seen.length;
        await api.post('/machines', { name: 'a' }).catch(() => undefined);
        const arrived = server.seen.length - before;
        // Whoever looks once more than the lease is held sends nothing.
        const isEnded = lease.asked() > times;
        expect(arrived).toBe(isEnded ? 0 : 1);
        if (!isEnded) arrivedWith = times;
      }
      // The last look is that of the socket, after that of the sender.
      expect(arrivedWith).toBeGreaterThan(1);
    },
  );
});
