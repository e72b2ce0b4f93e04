import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A bug that is put into a copy of the program, to see that the simulation finds it. */
interface Planted {
  readonly bug: string;
  readonly file: string;
  readonly find: string;
  readonly instead: string;
}

const planted: readonly Planted[] = [
  {
    bug: 'a second daemon writes with the same store',
    file: 'test/chaos/run.ts',
    find: '    if (daemon) return;\n',
    instead: '',
  },
  {
    bug: 'the intent of a create is not written before it is sent',
    file: 'src/reconcile/apply/executeCreate.ts',
    find: '  const observed = api.observed(recordingIntent(store, now, address));\n',
    instead: '  const observed = api;\n',
  },
  {
    bug: 'a list that broke off is taken for a complete one',
    file: 'src/reconcile/observe/observe.ts',
    find: 'return { kind: kind.name, complete: false, items, byId: index(items), error: error.message };',
    instead: 'return cachedListing(kind, pages);',
  },
  {
    bug: 'a write whose answer was lost is sent again',
    file: 'src/api/requests/verdict.ts',
    find: "    case 'lost':\n      return write ? uncertain : later;",
    instead: "    case 'lost':\n      return later;",
  },
  {
    bug: 'a lost answer closes the intent',
    file: 'src/reconcile/apply/intents.ts',
    find: '    maybeTaken: () => store.recordIntent(address, { at, until: now().toISOString() }, path),',
    instead: '    maybeTaken: () => store.clearIntent(address, path),',
  },
  {
    bug: 'what is bound and not listed is made again at once',
    file: 'src/reconcile/observe/observeTeam.ts',
    find: 'const unlisted = await observeHidden(catalog, listed, memory, isYoung, api);',
    instead: 'const unlisted = new Map<never, never>();',
  },
  {
    bug: 'the events are not asked about a create whose answer was lost',
    file: 'src/reconcile/observe/lostCreates.ts',
    find: 'if (open.length === 0)',
    instead: 'if (open.length >= 0)',
  },
  {
    bug: 'a create is sent again before lists can show it',
    file: 'src/reconcile/plan/match.ts',
    find: 'now().getTime() - Date.parse(at) < visibility',
    instead: 'now().getTime() - Date.parse(at) < visibility / 100',
  },
  {
    bug: 'a deletion counts only when its answer has come',
    file: 'src/reconcile/apply/execute.ts',
    find: 'removeResource(api.observed(recordingDeletion(store, now, address)), id)',
    instead: 'removeResource(api, id)',
  },
  {
    bug: 'the limit of the day is one too high',
    file: 'src/reconcile/guard/limits.ts',
    find: 'deletedToday + planned <= limits.deletionsPerDay',
    instead: 'deletedToday + planned <= limits.deletionsPerDay + 1',
  },
  {
    bug: 'an orphan is deleted, though nobody named it',
    file: 'src/reconcile/plan/planRemoval.ts',
    find: 'if (bound && prune.includes(kind))',
    instead: 'if (bound)',
  },
  {
    bug: 'protection ends with the block',
    file: 'src/reconcile/plan/planRemoval.ts',
    find: 'if (planning.memory.bindings.get(address)?.protected)',
    instead: 'if (address === undefined)',
  },
  {
    bug: 'the window of the throttle is half as long',
    file: 'src/api/throttle/rateWindow.ts',
    find: 'window: (burst / rate) * 1000,',
    instead: 'window: (burst / rate) * 500,',
  },
  {
    bug: 'an intent outlives the binding',
    file: 'src/store/store.ts',
    find: "        await clearIntent(transaction, address, '');\n      }),\n    unbind",
    instead: '      }),\n    unbind',
  },
  {
    bug: 'the intent of a create is written before it waits for its turn',
    file: 'src/reconcile/apply/executeCreate.ts',
    find: '  const observed = api.observed(recordingIntent(store, now, address));\n',
    instead:
      '  const early = recordingIntent(store, now, address);\n  await early.sending(now());\n  const observed = api.observed({\n    sending: async () => undefined,\n    notTaken: () => early.notTaken(),\n    maybeTaken: async () => undefined,\n  });\n',
  },
  {
    bug: 'the start that a stopped machine is owed is not remembered',
    file: 'src/reconcile/apply/execute.ts',
    find: 'action.restart ? api.observed(owing) : api',
    instead: 'api',
  },
  {
    bug: 'auto-shutdown that is owed is not remembered',
    file: 'src/reconcile/apply/executeUpdate.ts',
    find: '  await update(api.observed(owing), temporariesOf(switched));',
    instead: '  await update(api, temporariesOf(switched));',
  },
  {
    bug: 'a version that no list shows yet is made again',
    file: 'src/reconcile/plan/relations/planMap.ts',
    find: '  if (intent && isRecent(intent.until, planning))',
    instead: "  if (intent && intent.at === '')",
  },
  {
    bug: 'a start that the API refuses counts as done',
    file: 'src/reconcile/apply/execute.ts',
    find: '  return { follow: true, isReached };',
    instead: '  return { follow: true };',
  },
];

const root = join(import.meta.dirname, '../..');

/** Runs the simulation on a copy with one bug in it; the first line that it prints tells the seed. */
function plant({ bug, file, find, instead }: Planted, seeds: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
  try {
    for (const folder of ['src', 'test/chaos', 'test/support', 'package.json'])
      cpSync(join(root, folder), join(copy, folder), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const text = readFileSync(join(copy, file), 'utf8');
    if (!text.includes(find)) return `| ${bug} | cannot be planted: ${file} is another |`;
    writeFileSync(join(copy, file), text.replace(find, instead));
    const [first = ''] = run(copy, seeds).split('\n');
    return first.startsWith('seed ')
      ? `| ${bug} | ${first.replace(/ \(npm.*/, '')} |`
      : `| ${bug} | not found: ${first} |`;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function run(copy: string, seeds: string): string {
  try {
    return execFileSync(process.execPath, ['test/chaos/main.ts', '--first', '--seeds', seeds], {
      cwd: copy,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const [only, seeds = '1000'] = process.argv.slice(2);
for (const one of planted)
  if (only === undefined || only === 'all' || one.bug.includes(only))
    process.stdout.write(`${plant(one, seeds)}\n`);
