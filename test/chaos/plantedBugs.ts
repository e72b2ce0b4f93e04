/** A bug that is planted in a copy of the program, to check that the simulation finds it. */
export interface Planted {
  readonly bug: string;
  readonly file: string;
  readonly find: string;
  readonly instead: string;
  /** Whether it shows only if several processes share the store. */
  readonly replicas?: true;
}

/** The planted bugs. `find` occurs once in `file` and is replaced by `instead`. */
export const planted: readonly Planted[] = [
  {
    bug: 'a second daemon writes to the same store',
    file: 'test/chaos/run.ts',
    find: '    if (daemon) return;\n',
    instead: '',
  },
  {
    bug: 'the intent of a create is not written before it is sent',
    file: 'src/reconcile/apply/executeCreate.ts',
    find: '  const observed = api.withObserver(recordingIntent(store, now, address));\n',
    instead: '  const observed = api;\n',
  },
  {
    bug: 'an incomplete list counts as complete',
    file: 'src/reconcile/observe/observe.ts',
    find: 'return { kind: kind.name, complete: false, items, byId: index(items), error: error.message };',
    instead: 'return completeListing(kind, items);',
  },
  {
    bug: 'a write with a lost response is sent again',
    file: 'src/api/requests/verdict.ts',
    find: "    case 'lost':\n      return write ? uncertain : later;",
    instead: "    case 'lost':\n      return later;",
  },
  {
    bug: 'a lost response clears the intent',
    file: 'src/reconcile/apply/intents.ts',
    find: '    maybeAccepted: () => store.recordIntent(address, { at, until: now().toISOString() }, path),',
    instead: '    maybeAccepted: () => store.clearIntent(address, path),',
  },
  {
    bug: 'a bound resource that no list shows is created again at once',
    file: 'src/reconcile/observe/observeTeam.ts',
    find: 'const unlisted = await observeUnlisted(catalog, listed, memory, isYoung, api);',
    instead: 'const unlisted = new Map<never, never>();',
  },
  {
    bug: 'the machine events are not read after a create with a lost response',
    file: 'src/reconcile/observe/lostCreates.ts',
    find: 'if (open.length === 0)',
    instead: 'if (open.length >= 0)',
  },
  {
    bug: 'a create is sent again before lists must show the resource',
    file: 'src/reconcile/plan/matching/match.ts',
    find: 'now.getTime() - Date.parse(at) < visibility',
    instead: 'now.getTime() - Date.parse(at) < visibility / 100',
  },
  {
    bug: 'a deletion is counted only after its response',
    file: 'src/reconcile/apply/execute.ts',
    find: '    api.withObserver(recordingDeletion(store, now, address)),\n',
    instead: '    api,\n',
  },
  {
    bug: 'the daily limit of deletions is one too high',
    file: 'src/reconcile/guard/limits.ts',
    find: 'deletedToday + planned <= limits.deletionsPerDay',
    instead: 'deletedToday + planned <= limits.deletionsPerDay + 1',
  },
  {
    bug: 'an orphan is deleted although its kind is not in prune',
    file: 'src/reconcile/plan/planRemoval.ts',
    find: 'if (bound && prune.includes(kind))',
    instead: 'if (bound)',
  },
  {
    bug: 'the protection of a resource ends when its YAML is removed',
    file: 'src/reconcile/plan/planRemoval.ts',
    find: 'if (context.memory.bindings.get(address)?.protected)',
    instead: 'if (address === undefined)',
  },
  {
    bug: "the throttle's window is half as long",
    file: 'src/api/throttle/rateWindow.ts',
    find: 'window: (burst / rate) * 1000,',
    instead: 'window: (burst / rate) * 500,',
  },
  {
    bug: 'an intent remains after its resource is bound',
    file: 'src/store/records/bindings.ts',
    find: '      await clearIntents(transaction, addressesOf(part));\n',
    instead: '',
  },
  {
    bug: 'the intent of a create is written before the create waits for the throttle',
    file: 'src/reconcile/apply/executeCreate.ts',
    find: '  const observed = api.withObserver(recordingIntent(store, now, address));\n',
    instead:
      '  const early = recordingIntent(store, now, address);\n  await early.sending(now());\n  const observed = api.withObserver({\n    sending: async () => undefined,\n    notAccepted: () => early.notAccepted(),\n    maybeAccepted: async () => undefined,\n  });\n',
  },
  {
    bug: 'the owed start of a stopped machine is not recorded',
    file: 'src/reconcile/apply/execute.ts',
    find: 'action.restart ? api.withObserver(owing) : api',
    instead: 'api',
  },
  {
    bug: 'owed auto-shutdown is not recorded',
    file: 'src/reconcile/apply/executeUpdate.ts',
    find: '  await update(api.withObserver(owing), temporariesOf(switched));',
    instead: '  await update(api, temporariesOf(switched));',
  },
  {
    bug: 'a dataset version that no list shows yet is created again',
    file: 'src/reconcile/plan/relations/planMap.ts',
    find: '  if (intent && isRecent(intent.until, context))',
    instead: "  if (intent && intent.at === '')",
  },
  {
    bug: 'a start that the API rejects counts as done',
    file: 'src/reconcile/apply/execute.ts',
    find: '  return { follow: true, isReached };',
    instead: '  return { follow: true };',
  },
  {
    bug: 'a replica whose lease has ended sends what it was about to send',
    file: 'src/api/requests/send.ts',
    find: '    if (!lease.isHeld()) return stopped;\n',
    instead: '',
    replicas: true,
  },
  {
    bug: 'a replica uses its lease for longer than it lasts',
    file: 'src/store/leaseKeeper.ts',
    find: 'const usedMs = 10_000;',
    instead: 'const usedMs = 20_000;',
    replicas: true,
  },
  {
    bug: 'a replica that takes over creates at once',
    file: 'src/reconcile/workspace.ts',
    find: 'grace - since;',
    instead: '0;',
    replicas: true,
  },
];
