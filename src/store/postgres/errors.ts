import { StoreError } from '../../model/store.ts';

const unreachable =
  'check the address in settings.store (HOLDFAST_STORE), and that PostgreSQL runs and can be reached from here; nothing is sent to the team meanwhile';
const refused = 'check the user in settings.store, and the password there or in PGPASSWORD';
const full = 'its disk is full or does not work: make room there';
const options = 'correct the options of its address in settings.store';
const tls =
  'check sslmode and sslrootcert in settings.store: https://www.postgresql.org/docs/current/libpq-ssl.html';

/** The advice by the first characters of a code of PostgreSQL. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const adviceByCode: readonly (readonly [code: string, advice: string])[] = [
  ['08', unreachable],
  ['28', refused],
  ['3D000', 'create the database, and give it to the user of settings.store'],
  ['3F', 'create the schema, or set the search_path of the user'],
  ['42501', 'give the user of settings.store the right to create tables in the database'],
  ['25006', 'it takes no writes: name the primary in settings.store, not a standby'],
  ['53300', 'it has too many connections: raise max_connections, or put PgBouncer before it'],
  ['53', full],
  ['58', full],
  ['57', 'it is starting, stopping, or was restarted'],
  ['25P03', 'this process did not answer in time'],
  ['40', 'other transactions were in the way; it is tried again'],
  ['55P03', 'other transactions were in the way; it is tried again'],
  ['XX', 'it may be damaged: restore it from a backup'],
];

/** The codes of the network, and of TLS, as Node names them. */
const unreachableCodes = /^(E[A-Z]+|EAI_AGAIN)$/;
const tlsCodes = /CERT|TLS|SSL|SELF_SIGNED/;

function adviceFor({ code = '', message }: Error & { readonly code?: string }): string | undefined {
  if (tlsCodes.test(code) || /SSL|certificate|no encryption/i.test(message)) return tls;
  if (/^(ENOENT|EACCES|EISDIR)$/.test(code)) return options;
  const byCode = adviceByCode.find(([start]) => code.startsWith(start));
  if (byCode && code.length === 5) return byCode[1];
  if (unreachableCodes.test(code)) return unreachable;
  // The driver's own errors have no code: a lost connection, and an answer that did not come in time.
  if (/^(Connection terminated|timeout|Query read timeout|Client was closed)/i.test(message))
    return unreachable;
  if (/password|SASL|SCRAM/i.test(message)) return refused;
  return undefined;
}

/** The error as a `StoreError` that says what to do; the error itself if there is no advice for it. */
export function storeErrorOf(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const advice = adviceFor(error);
  if (advice === undefined) return error;
  // An address with several records makes an error of several, without a message of its own.
  const errors = error instanceof AggregateError ? (error.errors as readonly Error[]) : [error];
  const why = errors.map(({ message }) => message).join(', ');
  return new StoreError(`the store ${name} cannot be used: ${why}; ${advice}`, { cause: error });
}
