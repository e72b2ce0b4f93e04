/** A bug that is put into a copy of the program, to see that the simulation finds it. */
export interface Planted {
  readonly bug: string;
  readonly file: string;
  readonly find: string;
  readonly instead: string;
}

/** The bugs, with the text that each replaces. */
export const planted: readonly Planted[] = [
  {
    bug: 'a second daemon writes with the same store',
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
    find: '    maybeAccepted: () => store.recordIntent(address, { at, until: now().toISOString() }, path),',
    instead: '    maybeAccepted: () => store.clearIntent(address, path),',
  },
  {
    bug: 'what is bound and not listed is made again at once',
    file: 'src/reconcile/observe/observeTeam.ts',
    find: 'const unlisted = await observeUnlisted(catalog, listed, memory, isYoung, api);',
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
    find: 'now.getTime() - Date.parse(at) < visibility',
    instead: 'now.getTime() - Date.parse(at) < visibility / 100',
  },
  {
    bug: 'a deletion counts only when its answer has come',
    file: 'src/reconcile/apply/execute.ts',
    find: '    api.withObserver(recordingDeletion(store, now, address)),\n',
    instead: '    api,\n',
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
    find: 'if (context.memory.bindings.get(address)?.protected)',
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
    file: 'src/store/bindings.ts',
    find: "      await clearIntent(transaction, address, '');\n    }),\n  unbind",
    instead: '    }),\n  unbind',
  },
  {
    bug: 'the intent of a create is written before it waits for its turn',
    file: 'src/reconcile/apply/executeCreate.ts',
    find: '  const observed = api.withObserver(recordingIntent(store, now, address));\n',
    instead:
      '  const early = recordingIntent(store, now, address);\n  await early.sending(now());\n  const observed = api.withObserver({\n    sending: async () => undefined,\n    notAccepted: () => early.notAccepted(),\n    maybeAccepted: async () => undefined,\n  });\n',
  },
  {
    bug: 'the start that a stopped machine is owed is not remembered',
    file: 'src/reconcile/apply/execute.ts',
    find: 'action.restart ? api.withObserver(owing) : api',
    instead: 'api',
  },
  {
    bug: 'auto-shutdown that is owed is not remembered',
    file: 'src/reconcile/apply/executeUpdate.ts',
    find: '  await update(api.withObserver(owing), temporariesOf(switched));',
    instead: '  await update(api, temporariesOf(switched));',
  },
  {
    bug: 'a version that no list shows yet is made again',
    file: 'src/reconcile/plan/relations/planMap.ts',
    find: '  if (intent && isRecent(intent.until, context))',
    instead: "  if (intent && intent.at === '')",
  },
  {
    bug: 'a start that the API refuses counts as done',
    file: 'src/reconcile/apply/execute.ts',
    find: '  return { follow: true, isReached };',
    instead: '  return { follow: true };',
  },
];
