import { Type } from 'typebox';
import type { FieldSchema } from '../../model/schema.ts';

type Annotations = Omit<FieldSchema, 'type' | 'references' | 'items'>;

/** The codes of the three regions (FACTS 5.5). */
export const regionField = Type.Enum(['ny2', 'ca1', 'ams1'], {
  description: 'Region code. Fixed at creation.',
  immutable: true,
});

/** The sizes that the contract names, in GB (schema DiskSizeGb). */
export const diskSizes = [50, 100, 250, 500, 1000, 2000, 4000, 8000, 12000, 16000] as const;

/** A field that names a resource of `kind`; the kind's own code sees its id. */
export const reference = (kind: string, annotations: Annotations) =>
  Type.String({ minLength: 1, references: kind, ...annotations });

/** A set of names of resources of `kind`. */
export const references = (kind: string, annotations: Annotations) =>
  Type.Array(Type.String({ minLength: 1 }), {
    uniqueItems: true,
    references: kind,
    ...annotations,
  });
