import { processOutputs } from './console/output.ts';
import { version } from './cli/version.ts';

/**
 * The entry: argv in, exit code out. Whatever is written is for this user alone. What the user can mend is one line;
 * anything else is a bug and shows its stack.
 */
process.umask(0o077);
// Whoever may send this signal would open Node's debugger with it.
process.on('SIGUSR1', () => undefined);
const outputs = processOutputs();
const [only, ...more] = process.argv.slice(2);
if (more.length === 0 && (only === '--version' || only === '-V'))
  outputs.out.write(`${version()}\n`);
else await run();

function ended(code: number): void {
  process.exitCode = code;
}

async function run(): Promise<void> {
  const [{ createProgram }, { errorText }] = await Promise.all([
    import('./cli/program.ts'),
    import('./console/errorText.ts'),
  ]);
  try {
    await createProgram(ended, outputs).parseAsync();
  } catch (error) {
    outputs.err.write(`${errorText(error)}\n`);
    ended(1);
  }
}
