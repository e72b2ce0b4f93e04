import { isAbsolute } from 'node:path';
import { propose, type DeclaringFile } from './propose.ts';
import { selectFields, type Refusal } from './fields/select.ts';
import { requireSubject } from './subject.ts';
import type { Field } from './fields/fields.ts';
import { isNamed } from './fields/fields.ts';
import { sideEffects } from './verify.ts';
import { formatProblem } from '../desired/problems/formats.ts';
import { positionText, type Desired, type DesiredState } from '../model/resource.ts';
import { loadConfig } from '../setup/loadConfig.ts';
import { UserError } from '../setup/context.ts';
import { planFor } from './planFor.ts';
import type { Acceptance, AcceptRequest, AcceptTools } from './request.ts';

/**
 * The entry point of `accept/`. In: a resource, and a copy of the config (setup/stage.ts). Out: the file with the live
 * values in the lines that declare them, with which the config is valid and plans no difference in these fields.
 *
 * planFor.ts plans, subject.ts finds the live resource, fields/ selects the differences and decides the new values,
 * yaml/ finds where each is written and changes the text, verify.ts compares the config before and after; place.ts then
 * writes the file.
 *
 * Sends GET requests only, and writes only to the stage. Undefined: nothing differs. Rejects with a `UserError` if
 * anything that was asked for cannot be accepted.
 */
export async function acceptDrift(
  tools: AcceptTools,
  request: AcceptRequest,
  state: DesiredState,
): Promise<Acceptance | undefined> {
  const found = await planFor(tools, state, request);
  const { subject, reported } = await requireSubject(tools, found, request);
  const { desired } = subject;
  if (reported.changes.length === 0 && request.fields.length === 0) return undefined;
  requireOwnEntry(desired, state);
  const selection = selectFields(subject, reported, request.fields);
  const file = await declaringFile(tools, desired);
  const proposal = propose(subject, selection.fields, file);
  refuse([...selection.refusals, ...proposal.refusals], proposal.accepted, request);
  const accepted = proposal.accepted.map(({ path }) => path);
  const revision = await verify(tools, request, state, { desired, file, ...proposal });
  return {
    desired,
    changes: reported.changes.filter(({ path }) => accepted.includes(path)),
    file: file.name,
    before: file.text,
    after: proposal.text,
    revision,
  };
}

/** Refuses an entry that declares several resources: each has values of its own in the team. */
function requireOwnEntry({ address, source, kind }: Desired, { resources }: DesiredState): void {
  const at = positionText(source);
  const sharing = resources.filter(
    (resource) => resource.kind === kind && positionText(resource.source) === at,
  );
  if (sharing.length > 1)
    throw new UserError(
      `nothing was changed: ${address} is declared by a range of names at ${where(source)}, together with ${sharing.length - 1} more; give it an entry of its own first`,
    );
}

const where = ({ file, line, column }: Desired['source']): string => `${file}:${line}:${column}`;

async function declaringFile(
  { stage }: Pick<AcceptTools, 'stage'>,
  { source }: Desired,
): Promise<DeclaringFile> {
  const { file: name } = source;
  const text = isAbsolute(name) ? undefined : await stage.read(name);
  if (text === undefined) throw new UserError(`nothing was changed: ${name} was not found`);
  return { name, text };
}

/** All or nothing: a difference that stays would surprise whoever asked for all of them. */
function refuse(
  refusals: readonly Refusal[],
  accepted: readonly Field[],
  { kind, name }: AcceptRequest,
): void {
  if (refusals.length === 0) return;
  const rest = accepted.map(({ path }) => `--field ${path}`).join(' ');
  throw new UserError([
    ...refusals.map(({ path, because }) => `${path} cannot be accepted: ${because}`),
    `nothing was changed${rest === '' ? '' : `; without them: holdfast accept ${kind.name}/${name} ${rest}`}`,
  ]);
}

interface Proposed {
  readonly desired: Desired;
  readonly file: DeclaringFile;
  readonly text: string;
  readonly accepted: readonly Field[];
}

/** Loads and plans the config with the new file. Resolves to its revision. */
async function verify(
  tools: AcceptTools,
  request: AcceptRequest,
  before: DesiredState,
  { desired, file, text, accepted }: Proposed,
): Promise<string> {
  const { context, catalog, stage } = tools;
  await stage.tryOut(new Map([[file.name, text]]));
  const loaded = await loadConfig(context, catalog, stage.directory);
  if (!loaded.ok)
    throw new UserError([
      ...loaded.problems.map(formatProblem),
      'nothing was changed: with the live values the config would not be valid',
    ]);
  const fields = accepted.map(({ steps }) => steps[0]);
  const [other, ...more] = sideEffects(before, loaded.state, { address: desired.address, fields });
  if (other !== undefined)
    throw new UserError(
      `nothing was changed: ${other}${more.length > 0 ? ` and ${more.length} more` : ''} would change too, because an anchor shares the value; give it a value of its own first`,
    );
  const { report } = await planFor(tools, loaded.state, request);
  const left = report.resources
    .find((resource) => resource.kind === desired.kind && resource.name === desired.name)
    ?.changes.find(({ path }) => accepted.some((field) => isNamed(path, field.path)));
  if (left)
    throw new UserError(
      `nothing was changed: ${left.path} would still differ (it may have changed meanwhile, or a default applies); run the command again`,
    );
  return loaded.state.revision;
}
