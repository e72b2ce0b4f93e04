import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { HttpsProxyAgent } from 'hpagent';
import { proxyError, type Proxy } from './proxy.ts';

export interface AgentOptions {
  /** The base URL, as `checkBase` returns it. */
  readonly base: string;
  /** The number of connections that may be open. */
  readonly connections: number;
  /** Milliseconds for the connection to a proxy, and then for the TLS handshake through it. */
  readonly connectTimeout: number;
  readonly proxy?: Proxy | undefined;
  /** Whether anything may be sent. Asked immediately before bytes go to a socket. */
  readonly maySend: () => boolean;
}

/**
 * Creates the agent for connections to the API. They are kept alive, and use TLS through a tunnel if there is a proxy.
 */
export function createAgent(options: AgentOptions): { https: HttpsAgent } | { http: HttpAgent } {
  const { base, connections, proxy, maySend } = options;
  const pool = { keepAlive: true, maxSockets: connections };
  if (!base.startsWith('https:')) {
    const proxyEnv = proxy && { HTTP_PROXY: proxy.url.href };
    return { http: guarded(new HttpAgent({ ...pool, ...(proxyEnv && { proxyEnv }) }), maySend) };
  }
  const https = proxy ? tunnelAgent(proxy, pool, options.connectTimeout) : new HttpsAgent(pool);
  return { https: guarded(https, maySend) };
}

/**
 * Makes an agent whose connections ask before they send. A process may freeze for minutes between two steps of the HTTP
 * client, so the check belongs behind them: only Node's own way to the system call follows.
 */
function guarded<Made extends HttpAgent>(agent: Made, maySend: () => boolean): Made {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, (error, made) => done?.(error, guard(made, maySend)));
    return socket && guard(socket, maySend);
  };
  return agent;
}

function guard<Socket extends Duplex | undefined>(socket: Socket, maySend: () => boolean): Socket {
  if (!socket) return socket;
  const check = (): boolean => {
    const may = maySend();
    if (!may) socket.destroy(new Error('nothing may be sent any more'));
    return may;
  };
  const write = socket.write.bind(socket) as (...content: readonly unknown[]) => boolean;
  socket.write = (...content: readonly unknown[]) => check() && write(...content);
  // What is written before there is a connection is sent by the listeners of these events that come next.
  socket.once('connect', check).once('secureConnect', check);
  return socket;
}

/**
 * Creates an agent that gives a request its socket only after the tunnel and its TLS handshake are complete, so that a
 * request without a socket was certainly not sent.
 */
function tunnelAgent(proxy: Proxy, pool: object, timeout: number): HttpsAgent {
  const agent = new HttpsProxyAgent({ ...pool, proxy: forAgent(proxy.url), timeout });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done = () => undefined) =>
    connect(options, (error, socket) => {
      if (error) return done(proxyError(proxy, error), socket);
      const timer = setTimeout(
        () => socket.destroy(new Error('the TLS handshake took too long')),
        timeout,
      );
      const handshakeEnded = (failure: Error | null): void => {
        clearTimeout(timer);
        socket.off('error', handshakeEnded);
        done(failure, socket);
      };
      socket.once('error', handshakeEnded).once('secureConnect', () => handshakeEnded(null));
    });
  return agent;
}

/** Removes the brackets of an IPv6 address, since the agent resolves the host name as it is. */
const forAgent = (url: URL): URL =>
  Object.defineProperty(new URL(url), 'hostname', { value: url.hostname.replaceAll(/[[\]]/g, '') });
