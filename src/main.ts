import { enableCompileCache } from 'node:module';
import { inspect } from 'node:util';

/** The entry: argv in, exit code out. What the user can mend is one line; anything else is a bug and shows its stack. */
enableCompileCache();
const [{ UserError }, { createProgram }, { StoreError }] = await Promise.all([
  import('./cli/context.ts'),
  import('./cli/program.ts'),
  import('./model/store.ts'),
]);
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
