import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpsProxyAgent } from 'hpagent';
import { proxyError, type Proxy } from './proxy.ts';

export interface AgentOptions {
  /** From `checkBase`. */
  readonly base: string;
  /** How many connections may be open. */
  readonly connections: number;
  /** Milliseconds that a proxy may take to connect, and then the TLS handshake through it. */
  readonly connectTimeout: number;
  readonly proxy?: Proxy | undefined;
}

/** The connections to the API, which are kept alive: over TLS through a tunnel where there is a proxy. */
export function createAgent(options: AgentOptions): { https: HttpsAgent } | { http: HttpAgent } {
  const { base, connections, proxy } = options;
  const pool = { keepAlive: true, maxSockets: connections };
  if (!base.startsWith('https:'))
    return {
      http: new HttpAgent({ ...pool, ...(proxy && { proxyEnv: { HTTP_PROXY: proxy.url.href } }) }),
    };
  return { https: proxy ? tunnelAgent(proxy, pool, options.connectTimeout) : new HttpsAgent(pool) };
}

/**
 * An agent whose requests get their socket only once the tunnel and the TLS handshake through it are done, so that a request without a
 * socket was certainly not sent.
 */
function tunnelAgent(proxy: Proxy, pool: object, timeout: number): HttpsAgent {
  const agent = new HttpsProxyAgent({ ...pool, proxy: forAgent(proxy.url), timeout });
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, done = () => undefined) =>
    open(options, (error, socket) => {
      if (error) return done(proxyError(proxy, error), socket);
      const timer = setTimeout(
        () => socket.destroy(new Error('the TLS handshake took too long')),
        timeout,
      );
      const ended = (failure: Error | null): void => {
        clearTimeout(timer);
        socket.off('error', ended);
        done(failure, socket);
      };
      socket.once('error', ended).once('secureConnect', () => ended(null));
    });
  return agent;
}

/** The agent looks a host up as it is, and an IPv6 address has brackets in a URL only. */
const forAgent = (url: URL): URL =>
  Object.defineProperty(new URL(url), 'hostname', { value: url.hostname.replaceAll(/[[\]]/g, '') });
