import { createHash } from 'node:crypto';
import type { Action, Plan } from '../../model/pass/plan.ts';
import type { Report, ReportedAction } from '../../model/pass/report.ts';
import type { Address } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Fingerprints } from '../compare/fingerprints.ts';
import { reportedAction } from '../report/reported.ts';
import type { Policy, Prepared } from '../workspace.ts';

/**
 * A plan in a file, to be reviewed and applied later. It is a report whose `actions` are what people review and what
 * may run: an action of a later plan is allowed if it is displayed the same, would write the same, and its live
 * resource is unchanged.
 */
export interface SavedPlan extends Report {
  readonly plan: {
    /**
     * The sha256 of all that an action would write, by action id. Hidden values enter it as digests under the store's
     * key.
     */
    readonly contents: Readonly<Record<string, string>>;
    /** Fingerprints of the live resources that the actions change, by address. */
    readonly live: Readonly<Record<Address, string>>;
    /** Identifies the store: digests of another store cannot be compared. */
    readonly store: string;
  };
  /** The sha256 of everything else: a file that was edited is refused. */
  readonly seal: string;
}

/** A digest that identifies the store without revealing its key. */
const storeId = (digest: (text: string) => string): string => digest('holdfast store');

/** Makes the saved plan of a prepared pass. `digest`: the store's digest function. */
export function savedPlan(
  { plan, fingerprints }: Prepared,
  report: Report,
  digest: (text: string) => string,
): SavedPlan {
  const touched = new Set(plan.actions.map(({ kind, name }) => addressOf(kind, name)));
  const saved = {
    ...report,
    plan: {
      contents: Object.fromEntries(
        plan.actions.map((action) => [action.id, contentOf(action, fingerprints)]),
      ),
      live: Object.fromEntries(
        [...touched].map((address) => [address, fingerprints.live(address)]),
      ),
      store: storeId(digest),
    },
  };
  return { ...saved, seal: sealOf(saved) };
}

/** Parses the text of a saved plan. Returns a string, the reason, if it must not be applied to `revision`. */
export function readSavedPlan(text: string, revision: string): SavedPlan | string {
  const parsed = parse(text);
  if (parsed === undefined) return 'it is not a plan; make one with: holdfast plan --out FILE';
  const { seal, ...rest } = parsed;
  if (seal !== sealOf(rest)) return 'it was changed since it was made; make another one';
  if (rest.revision !== revision)
    return 'it was made from another revision of the config than the present one; make another one';
  return parsed;
}

function parse(text: string): SavedPlan | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<SavedPlan> | null;
    const { plan, seal, actions } = parsed ?? {};
    const isPlan = plan?.contents && plan.live && Array.isArray(actions);
    return isPlan && typeof seal === 'string' ? (parsed as SavedPlan) : undefined;
  } catch {
    return undefined;
  }
}

const sealOf = (saved: Omit<SavedPlan, 'seal'>): string => sha256(JSON.stringify(saved));

/**
 * Makes the approval rule of a saved plan: it gives the reason why an action of the present plan is not allowed.
 * `digest`: the digest function of the present store.
 */
export function allowedBy(
  { plan: saved, actions }: SavedPlan,
  digest: (text: string) => string,
): NonNullable<Policy['approvedActions']> {
  const displayed = new Map(actions.map((action) => [action.id, displayText(action)]));
  const isOtherStore = saved.store !== storeId(digest);
  return (_plan: Plan, fingerprints: Fingerprints) => (action) => {
    const address = addressOf(action.kind, action.name);
    if (!displayed.has(action.id)) return 'it is not in the plan that is applied';
    if (isOtherStore && fingerprints.hasValues(address))
      return 'the plan was made with another store, so the values that it does not show cannot be compared; make another plan';
    const isSame =
      displayed.get(action.id) === displayText(reportedAction(action, undefined)) &&
      saved.contents[action.id] === contentOf(action, fingerprints) &&
      saved.live[address] === fingerprints.live(address);
    return isSame ? undefined : `${address} is not as the plan saw it; make another plan`;
  };
}

/** The text by which two displayed actions are compared, whether or not they are blocked. */
const displayText = ({
  outcome: _outcome,
  error: _error,
  note: _note,
  attempts: _attempts,
  ...shown
}: ReportedAction): string => JSON.stringify(shown);

/** The digest of all that an action would write, whether or not it is blocked. */
function contentOf({ blockedReason: _held, ...content }: Action, { yaml }: Fingerprints): string {
  return sha256(JSON.stringify([content, yaml(addressOf(content.kind, content.name))]));
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
