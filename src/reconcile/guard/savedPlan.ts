import { createHash } from 'node:crypto';
import type { Action, Plan } from '../../model/pass/plan.ts';
import type { Report, ReportedAction } from '../../model/pass/report.ts';
import type { Address } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Fingerprints } from '../compare/fingerprints.ts';
import { reportedAction } from '../report/report.ts';
import type { Policy, Prepared } from '../workspace.ts';

/**
 * A plan in a file, to be looked at and applied later. What people are shown of it are the `actions` of the report, and those are what it
 * allows: an action is allowed if it looks as it is shown, would write the same, and its resource is as the plan saw it.
 */
export interface SavedPlan extends Report {
  readonly plan: {
    /** The sha256 of all that an action would write, by its id. Values that are not shown count by their digest under the store's key. */
    readonly contents: Readonly<Record<string, string>>;
    /** Fingerprints of the live resources that the actions touch, by address. */
    readonly live: Readonly<Record<Address, string>>;
    /** Identifies the store: digests made with another one cannot be compared. */
    readonly store: string;
  };
  /** The sha256 of everything else: a file that was changed is refused. */
  readonly seal: string;
}

/** Identifies a store without telling anything of it. */
const storeId = (digest: (text: string) => string): string => digest('holdfast store');

/** The plan of a prepared pass as it is saved. `digest`: that of the store. */
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
      live: Object.fromEntries([...touched].map((one) => [one, fingerprints.live(one)])),
      store: storeId(digest),
    },
  };
  return { ...saved, seal: sealOf(saved) };
}

/** A saved plan from the text of its file; a string says why it is none that may be applied. */
export function readSavedPlan(text: string, revision: string): SavedPlan | string {
  const parsed = parse(text);
  if (parsed === undefined) return 'it is not a plan; make one with: holdfast plan --out FILE';
  const { seal, ...rest } = parsed;
  if (seal !== sealOf(rest)) return 'it was changed since it was made; make another one';
  if (rest.revision !== revision)
    return 'it was made from another config than the one that lies there now; make another one';
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

/** Of a plan that is made now, what a saved plan allows. `digest`: that of the store that is used now. */
export function allowedBy(
  { plan: saved, actions }: SavedPlan,
  digest: (text: string) => string,
): NonNullable<Policy['agreed']> {
  const shown = new Map(actions.map((action) => [action.id, asShown(action)]));
  const isOtherStore = saved.store !== storeId(digest);
  return (_plan: Plan, fingerprints: Fingerprints) => (action) => {
    const address = addressOf(action.kind, action.name);
    if (!shown.has(action.id)) return 'it is not in the plan that is applied';
    if (isOtherStore && fingerprints.hasValues(address))
      return 'the plan was made with another store, so the values that it does not show cannot be compared; make another plan';
    const isSame =
      shown.get(action.id) === asShown(reportedAction(action, undefined)) &&
      saved.contents[action.id] === contentOf(action, fingerprints) &&
      saved.live[address] === fingerprints.live(address);
    return isSame ? undefined : `${address} is not as the plan saw it; make another plan`;
  };
}

/** What people are shown of an action, whatever holds it back. */
const asShown = ({
  outcome: _outcome,
  error: _error,
  note: _note,
  attempts: _attempts,
  ...shown
}: ReportedAction): string => JSON.stringify(shown);

/** What an action would write, whatever holds it back. */
function contentOf({ held: _held, ...content }: Action, { yaml }: Fingerprints): string {
  return sha256(JSON.stringify([content, yaml(addressOf(content.kind, content.name))]));
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
