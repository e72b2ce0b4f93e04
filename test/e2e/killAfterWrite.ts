import { DatabaseSync } from 'node:sqlite';

/**
 * Loaded before the program (`NODE_OPTIONS=--import`): kills it right after its nth committed write to a store, like a
 * power failure. `KILL_AFTER_WRITE` is n.
 */
const last = Number(process.env['KILL_AFTER_WRITE']);
let writes = 0;

function count(): void {
  writes += 1;
  if (writes === last) process.kill(process.pid, 'SIGKILL');
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with its database as `this`
const { prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function prepareCounted(this: DatabaseSync, text: string) {
  const statement = prepare.call(this, text);
  const run = statement.run.bind(statement) as (...values: unknown[]) => { changes: unknown };
  const isCommit = text === 'commit';
  const isChange = /^(insert|update|delete)\b/.test(text);
  const counted = (...values: unknown[]) => {
    const result = run(...values);
    if (isCommit || (isChange && !this.isTransaction && Number(result.changes) > 0)) count();
    return result;
  };
  return Object.assign(statement, { run: counted });
};
