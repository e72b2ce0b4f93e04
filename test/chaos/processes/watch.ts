import { Client } from 'pg';

/** The lease of a workspace, as it was read last. */
interface Seen {
  readonly holder: string | null;
  readonly epoch: number;
  readonly expires: number;
  /** When this epoch was seen first. */
  readonly since: number;
  /** Whether the epoch before was not handed over. */
  readonly isTakenOver: boolean;
}

/** A write that arrived at a team. */
export interface ArrivedWrite {
  readonly workspace: string;
  /** The process id of the replica. */
  readonly pid: number;
  readonly method: string;
  readonly path: string;
}

const leaseMs = 15_000;

/** A replica uses a lease for 10 of its 15 seconds. A write may have been on its way for another one. */
const unusedMs = 4000;

/** The verbs that wait for the grace. */
const isDelayed = ({ method, path }: ArrivedWrite): boolean =>
  method === 'DELETE' || (method === 'POST' && path.endsWith('/machines'));

/** Reads the leases of an installation, and judges every write by them. */
export interface Watch extends AsyncDisposable {
  /** Judges a write that arrives now. */
  arrived(write: ArrivedWrite): void;
  readonly violations: readonly string[];
  /** How many writes were judged. */
  writes(): number;
  /** How many times a lease changed its holder without being handed over. */
  takeOvers(): number;
}

/** Notes of each epoch whether the holder before had not handed the lease over, which no look could see for certain. */
const notesTakeOvers = `
  create table if not exists lease_log (workspace integer, epoch integer, taken boolean);
  create or replace function note_epoch() returns trigger language plpgsql as $$ begin
    insert into lease_log values (new.workspace, new.epoch, old.holder is not null);
    return null;
  end $$;
  create or replace trigger note_epoch after update on leases for each row
    when (new.epoch <> old.epoch) execute function note_epoch();
`;

export async function watchLeases(url: string, graceMs: number): Promise<Watch> {
  const seen = new Map<string, Seen>();
  const violations: string[] = [];
  let writes = 0;
  let takeOvers = 0;
  let client: Client | undefined;
  const stop = new AbortController();
  /** Notes the rows. Without the database, nothing changes in them. */
  const look = async (): Promise<void> => {
    try {
      if (!client) {
        const made = new Client({ connectionString: url, connectionTimeoutMillis: 1000 });
        made.on('error', () => void (client = undefined));
        await made.connect();
        await made.query(notesTakeOvers);
        client = made;
      }
      const { rows } = await client.query<{
        name: string;
        holder: string | null;
        epoch: number;
        expires: number;
        taken: boolean;
      }>(
        `select name, l.holder, l.epoch, (extract(epoch from expires_at) * 1000)::float8 as expires,
          coalesce(log.taken, false) as taken
        from leases l join workspaces on id = workspace
        left join lease_log log on log.workspace = l.workspace and log.epoch = l.epoch`,
      );
      const now = Date.now();
      for (const { name, holder, epoch, expires, taken: isTakenOver } of rows) {
        const before = seen.get(name);
        const isNew = before?.epoch !== epoch;
        if (isNew && isTakenOver) takeOvers += 1;
        const since = isNew ? Math.min(now, expires - leaseMs) : before.since;
        seen.set(name, { holder, epoch, expires, since, isTakenOver });
      }
    } catch {
      await client?.end().catch(() => undefined);
      client = undefined;
    }
  };
  const running = (async () => {
    while (!stop.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const judge = (write: ArrivedWrite, at: number, lease: Seen | undefined): string | undefined => {
    const { workspace, pid, method, path } = write;
    const what = `${method} ${path} of ${workspace} by ${pid}`;
    if (!lease?.holder?.startsWith(`process ${pid} on `))
      return `${what} without a lease, which ${lease?.holder ?? 'nobody'} has`;
    if (at > lease.expires - unusedMs)
      return `${what} after its deadline, by ${Math.round(at - lease.expires + unusedMs)} ms`;
    const waited = at - lease.since;
    // The row was read up to two looks after it changed.
    if (lease.isTakenOver && isDelayed(write) && waited < graceMs - 500)
      return `${what} ${Math.round(waited)} ms after a take-over`;
    return undefined;
  };
  return {
    arrived(write) {
      writes += 1;
      const at = Date.now();
      const { workspace } = write;
      // A lease may have been renewed or taken since the last look: what is read now is later than the write.
      const note = (problem: string | undefined): void =>
        void (problem !== undefined && violations.push(problem));
      if (judge(write, at, seen.get(workspace)) === undefined) return;
      void look().then(() => note(judge(write, at, seen.get(workspace))));
    },
    violations,
    writes: () => writes,
    takeOvers: () => takeOvers,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await client?.end().catch(() => undefined);
    },
  };
}
