import { inspect } from 'node:util';
import { processOutputs } from './cli/output.ts';
import { version } from './cli/version.ts';

/** The entry: argv in, exit code out. Whatever is written is for this user alone. What the user can mend is one line; anything else is a bug and shows its stack. */
process.umask(0o077);
const outputs = processOutputs();
const [only, ...more] = process.argv.slice(2);
if (more.length === 0 && (only === '--version' || only === '-V'))
  outputs.out.write(`${version()}\n`);
else await run();

function ended(code: number): void {
  process.exitCode = code;
}

async function run(): Promise<void> {
  const [{ UserError }, { createProgram }, { StoreError }, { TeamError }] = await Promise.all([
    import('./cli/userError.ts'),
    import('./cli/program.ts'),
    import('./model/store.ts'),
    import('./model/team.ts'),
  ]);
  try {
    await createProgram(ended, outputs).parseAsync();
  } catch (error) {
    const known = [UserError, StoreError, TeamError].some((one) => error instanceof one);
    outputs.err.write(
      known ? `${(error as Error).message}\n` : `this is a bug in Holdfast: ${inspect(error)}\n`,
    );
    ended(1);
  }
}
