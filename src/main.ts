import { inspect } from 'node:util';
import { UserError } from './cli/context.ts';
import { createProgram } from './cli/program.ts';
import { StoreError } from './model/store.ts';

/** The entry: argv in, exit code out. What the user can mend is one line; anything else is a bug and shows its stack. */
try {
  await createProgram((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  const known = error instanceof UserError || error instanceof StoreError;
  process.stderr.write(
    known ? `${error.message}\n` : `this is a bug in Holdfast: ${inspect(error)}\n`,
  );
  process.exitCode = 1;
}
