import { createHash } from 'node:crypto';
import type { Action, Plan } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { Address } from '../model/resource.ts';
import { addressOf } from '../model/resource.ts';
import type { Fingerprints } from './fingerprints.ts';
import type { Policy, Prepared } from './workspace.ts';

/** A plan in a file, to be looked at, agreed to, and applied later: its report, its actions, and what it saw of what they touch. */
export interface KeptPlan extends Report {
  readonly plan: {
    readonly actions: readonly Action[];
    /** Fingerprints of the live resources that the actions touch, by address. */
    readonly live: Readonly<Record<Address, string>>;
  };
  /** The sha256 of everything else: a file that was changed is refused. */
  readonly seal: string;
}

/** The plan of a prepared pass as it is kept. */
export function keptPlan({ plan, fingerprints }: Prepared, report: Report): KeptPlan {
  const touched = new Set(plan.actions.map(({ kind, name }) => addressOf(kind, name)));
  const live = Object.fromEntries([...touched].map((one) => [one, fingerprints.live(one)]));
  const kept = { ...report, plan: { actions: plan.actions, live } };
  return { ...kept, seal: sealOf(kept) };
}

/** A kept plan from the text of its file; a string says why it is none that may be applied. */
export function readKeptPlan(text: string, revision: string): KeptPlan | string {
  const parsed = parse(text);
  if (parsed === undefined) return 'it is not a plan; make one with: holdfast plan --out FILE';
  const { seal, ...rest } = parsed;
  if (seal !== sealOf(rest)) return 'it was changed since it was made; make another one';
  if (rest.revision !== revision)
    return 'it was made from another config than the one that lies there now; make another one';
  return parsed;
}

function parse(text: string): KeptPlan | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<KeptPlan> | null;
    return parsed?.plan && typeof parsed.seal === 'string' ? (parsed as KeptPlan) : undefined;
  } catch {
    return undefined;
  }
}

const sealOf = (kept: Omit<KeptPlan, 'seal'>): string =>
  createHash('sha256').update(JSON.stringify(kept)).digest('hex');

/** Of a plan that is made now, what was agreed to: the same actions, on resources that are as the kept plan saw them. */
export function agreementTo({ plan: kept }: KeptPlan): NonNullable<Policy['agreed']> {
  const agreed = new Map(kept.actions.map((action) => [action.id, contentOf(action)]));
  return (_plan: Plan, fingerprints: Fingerprints) => (action) => {
    const content = agreed.get(action.id);
    if (content === undefined) return 'it is not in the plan that is applied';
    const address = addressOf(action.kind, action.name);
    return content === contentOf(action) && kept.live[address] === fingerprints.live(address)
      ? undefined
      : `${address} is not as the plan saw it; make another plan`;
  };
}

/** What an action does, whatever holds it back. */
const contentOf = ({ held: _held, ...content }: Action): string => JSON.stringify(content);
