import { Type } from 'typebox';
import type { FieldSchema } from '../../model/kind/schema.ts';

type Annotations = Omit<FieldSchema, 'type' | 'references' | 'items'>;

/** A field that holds one of the three region codes (FACTS 5.5). */
export const regionField = Type.Enum(['ny2', 'ca1', 'ams1'], {
  description: 'Region code. Fixed at creation.',
  immutable: true,
});

/** The disk sizes that the contract names, in GB (schema DiskSizeGb). */
export const diskSizes = [50, 100, 250, 500, 1000, 2000, 4000, 8000, 12000, 16000] as const;

/** Returns a field that references a resource of `kind`. The kind's calls receive its live id. */
export const reference = (kind: string, annotations: Annotations) =>
  Type.String({ minLength: 1, references: kind, ...annotations });

/** Returns a field that references a set of resources of `kind`. */
export const references = (kind: string, annotations: Annotations) =>
  Type.Array(Type.String({ minLength: 1 }), {
    uniqueItems: true,
    references: kind,
    ...annotations,
  });
