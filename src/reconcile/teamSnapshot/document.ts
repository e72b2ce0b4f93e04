import { Type, type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const text = Type.String({ minLength: 1 });
const time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' });
const record = Type.Record(Type.String(), Type.Unknown());

const item = Type.Object(
  {
    id: text,
    name: Type.String(),
    spec: record,
    /** Where `spec` has null in place of a value that the snapshot leaves out. */
    hidden: Type.Optional(
      Type.Array(
        Type.Array(Type.Union([Type.String(), Type.Integer({ minimum: 0 })]), { minItems: 1 }),
      ),
    ),
    ready: Type.Boolean(),
    transition: Type.Optional(Type.String()),
    failure: Type.Optional(Type.String()),
    readOnlyReason: Type.Optional(Type.String()),
    attributes: Type.Optional(record),
  },
  closed,
);

const list = Type.Object(
  {
    kind: text,
    /** Of the members of a relation: the resource that has them. */
    of: Type.Optional(Type.Object({ id: text, relation: text }, closed)),
    /** Why the list is incomplete. */
    error: Type.Optional(Type.String()),
    items: Type.Array(item),
  },
  closed,
);

const binding = Type.Object(
  {
    kind: text,
    name: Type.String(),
    id: text,
    boundAt: time,
    created: Type.Boolean(),
    protected: Type.Boolean(),
    unlistedSince: Type.Optional(time),
  },
  closed,
);

/** The JSON Schema of a snapshot, `holdfast/snapshot/v1` (docs/snapshot.md). */
export const snapshotSchema = Type.Object(
  {
    schema: Type.Literal('holdfast/snapshot/v1'),
    takenAt: time,
    revision: Type.String(),
    lists: Type.Array(list),
    bindings: Type.Array(binding),
  },
  closed,
);

/** A team as observed at one time, in a form that other people and programs may read. */
export type TeamSnapshot = Static<typeof snapshotSchema>;

/** One list of a snapshot: the resources of a kind, the items of a lookup, or the members of one resource's relation. */
export type SavedList = Static<typeof list>;

/** One item of such a list. */
export type SavedItem = Static<typeof item>;

/** The steps from a spec to a value inside it. */
export type Path = readonly (string | number)[];
