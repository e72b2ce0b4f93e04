/** The keywords of a schema that contain schemas of type `Inner`. `subschemas.ts` walks them. */
export interface Subschemas<Inner> {
  readonly properties?: Readonly<Record<string, Inner>>;
  readonly items?: Inner;
  readonly anyOf?: readonly Inner[];
  /** Alternatives. A value fits exactly one of them. */
  readonly oneOf?: readonly Inner[];
  readonly additionalProperties?: boolean | Inner;
}

/**
 * A JSON Schema with annotations of Holdfast's own. The schema is the only description of a field: validation, types,
 * editor completion, comparison, and the order of actions all come from it.
 */
export interface FieldSchema extends Keywords, Subschemas<FieldSchema> {}

/** The keywords of a schema that contain no other schema. */
export interface Keywords {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[] | undefined;
  readonly default?: unknown;
  /** Some valid values, where not all of them can be listed. */
  readonly examples?: readonly unknown[];
  readonly maximum?: number;
  /** The least and the greatest length of a text in characters. A secret is checked when it is read. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /**
   * The API accepts it and never shows it. YAML gives such a string as text, `{ file: }`, `{ env: }`, or `{ keep: true
   * }`.
   */
  readonly writeOnly?: boolean;
  /** Write-only, and not allowed as plain text in YAML. */
  readonly secret?: boolean;
  /** The API fixes it at creation. Drift is reported and blocked. */
  readonly immutable?: boolean;
  /** Sent once, in the create call; never compared or reported as missing afterwards. */
  readonly createOnly?: boolean;
  /**
   * The API accepts it in updates only, so a create is followed by an update: immediately, or with `afterReady` as an
   * action of its own when the created resource is ready.
   */
  readonly updateOnly?: boolean | 'afterReady';
  /** The API assigns it at creation: a resource that declares one is looked up and never created. */
  readonly serverAssigned?: boolean;
  /** The API accepts a change only while the machine is off. */
  readonly requiresOff?: boolean;
  /** Values that differ only in case are equal. */
  readonly caseInsensitive?: boolean;
  /** Lookups, each with the attribute of its items that lists values of this field in the API's spelling. */
  readonly spelledBy?: Readonly<Record<string, string>>;
  /** A number that can only grow. */
  readonly growOnly?: boolean;
  /** The kind that this field references: a declared kind, `osTemplates`, or `users`. */
  readonly references?: string;
  /** Other kinds that the field may reference, by the key of the object form: `{ custom: NAME }`. */
  readonly referencesBy?: Readonly<Record<string, string>>;
  /**
   * The API refuses to delete the referenced resource while this one exists, or would delete this one too (FACTS 2, 9).
   */
  readonly blocksTargetDeletion?: boolean;
  /** The referenced resource must be in the same region as this one. */
  readonly sameRegion?: boolean;
  /**
   * On a set of references: a resource can be a member of one such set only, so it is removed from one before it is
   * added to another.
   */
  readonly exclusive?: boolean;
  /**
   * Field values that the reference implies for its target: `{ publicIpType: 'static' }`. A declared target may set
   * these fields to no other value.
   */
  readonly impliesOnTarget?: Readonly<Record<string, unknown>>;
  /**
   * The API changes it member by member. `set`: the declared members are all members. `one`: a set of at most one.
   * `map`: members by name, each with a value; members that are not declared are left as they are.
   */
  readonly relation?: 'set' | 'one' | 'map';
  /**
   * An object that counts as one field. Only declared properties are compared and written; the others are left as they
   * are.
   */
  readonly partial?: boolean;
  /** Inside a partial object: the live value may be a secret, so no report shows it. */
  readonly sensitive?: boolean;
  /** Values of other fields that undo this one where it is true: `{ state: 'running' }`. Valid, with a warning. */
  readonly conflictsWith?: Readonly<Record<string, unknown>>;
  /** The property whose value selects the alternative in `oneOf`. */
  readonly discriminator?: { readonly propertyName: string };
  /** The maximum duration, such as `1h`. */
  readonly maxDuration?: string;
  /** The field holds `running`, `off`, or a `Timetable`. */
  readonly timetable?: boolean;
}

/** The annotations that JSON Schema does not define. A validator must be told of them. */
export const annotations = [
  'secret',
  'immutable',
  'createOnly',
  'updateOnly',
  'serverAssigned',
  'requiresOff',
  'caseInsensitive',
  'spelledBy',
  'growOnly',
  'references',
  'referencesBy',
  'blocksTargetDeletion',
  'sameRegion',
  'exclusive',
  'relation',
  'partial',
  'sensitive',
  'impliesOnTarget',
  'timetable',
  'maxDuration',
  'conflictsWith',
  'discriminator',
] as const satisfies readonly (keyof FieldSchema)[];

/** The schema of a kind's spec. */
export interface SpecSchema extends FieldSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
}
