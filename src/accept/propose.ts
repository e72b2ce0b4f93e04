import type { Field } from './fields/fields.ts';
import { decide } from './fields/decide.ts';
import type { Refusal } from './fields/select.ts';
import type { Subject } from './team.ts';
import { edit, type Edit } from './yaml/edit.ts';
import { detourWithin, originOf, type Detour, type Origin } from './yaml/origin.ts';
import { contentAt, type Place } from './yaml/parsed.ts';
import type { Position } from '../model/text/offsets.ts';

/** The file that declares the resource. */
export interface DeclaringFile {
  /** Its name in messages. */
  readonly name: string;
  readonly text: string;
}

/** The new text of the file, or the differences that cannot be written to it. */
export interface Proposal {
  readonly text: string;
  readonly accepted: readonly Field[];
  readonly refusals: readonly Refusal[];
}

/** Proposes the text in which the fields have their live values. Pure. */
export function propose(subject: Subject, fields: readonly Field[], file: DeclaringFile): Proposal {
  const accepted: Field[] = [];
  const refusals: Refusal[] = [];
  let { text } = file;
  for (const field of fields) {
    const change = changeOf(subject, field, file);
    const next = 'because' in change ? undefined : edit(text, change.place, change.edit);
    if (next !== undefined) {
      text = next;
      accepted.push(field);
    } else
      refusals.push({
        path: field.path,
        because: 'because' in change ? change.because : notSimple(change.at, file),
      });
  }
  return { text, accepted, refusals };
}

const notSimple = (at: Position, file: DeclaringFile): string =>
  `its value at ${positionText(file, at)} cannot be changed without touching what is around it; edit it by hand`;

type Change =
  | { readonly place: Place; readonly edit: Edit; readonly at: Position }
  | { readonly because: string };

function changeOf(subject: Subject, field: Field, file: DeclaringFile): Change {
  const { desired } = subject;
  const origin = originOf(file.text, {
    kind: desired.kind,
    at: desired.source,
    path: field.steps,
  });
  if (!origin) return { because: `its value was not found in ${file.name}` };
  const { place } = origin;
  if (origin.detour || !place) return { because: detourText(origin, file) };
  const shared = detourWithin(file.text, place);
  if (shared)
    return {
      because: `part of its value comes through the ${words[shared.by]} at ${positionText(file, shared.through)}`,
    };
  const decision = decide(subject, field, contentAt(file.text, place));
  return decision.is === 'refused'
    ? { because: `${decision.because} (${positionText(file, origin.at)})` }
    : { place, edit: decision, at: origin.at };
}

const words: Readonly<Record<Detour['by'], string>> = {
  alias: 'alias',
  merge: 'merge key',
  defaults: 'defaults',
};

function detourText({ at, detour }: Origin, file: DeclaringFile): string {
  const where = positionText(file, at);
  return detour
    ? `its value comes through the ${words[detour.by]} at ${positionText(file, detour.through)}, and is written at ${where}`
    : `its value is written at ${where}`;
}

const positionText = ({ name }: DeclaringFile, { line, column }: Position): string =>
  `${name}:${line}:${column}`;
