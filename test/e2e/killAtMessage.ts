import { DatabaseSync } from 'node:sqlite';

/**
 * Loaded before the program (`NODE_OPTIONS=--import`): kills it at one step of its first new notification. `KILL_AT`
 * names the step: `before-commit` and `after-commit` of the pass that causes it, `after-attempt` (an attempt is
 * recorded, and nothing is sent yet), and `before-removal` and `after-removal` of the delivered message.
 */
const step = process.env['KILL_AT'];
let hasMessage = false;

/** The part of a step that a statement ends, if it belongs to the message. */
function momentOf(text: string): string | undefined {
  if (text.startsWith('insert into "messages"')) hasMessage = true;
  if (!hasMessage) return undefined;
  if (text === 'commit') return 'commit';
  if (text.startsWith('update "messages"')) return 'attempt';
  // A pass deletes the messages of sinks that are no longer configured; those have no "id" in the condition.
  if (/^delete from "messages" where .*"sink" = \S+ and "id" =/.test(text)) return 'removal';
  return undefined;
}

function dieAt(moment: string): void {
  if (step === moment) process.kill(process.pid, 'SIGKILL');
}

// oxlint-disable-next-line typescript/unbound-method -- it is called with its database as `this`
const { prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function prepareWatched(this: DatabaseSync, text: string) {
  const statement = prepare.call(this, text);
  const run = statement.run.bind(statement) as (...values: unknown[]) => unknown;
  const watched = (...values: unknown[]) => {
    const moment = momentOf(text);
    dieAt(`before-${moment}`);
    const result = run(...values);
    dieAt(`after-${moment}`);
    return result;
  };
  return Object.assign(statement, { run: watched });
};
