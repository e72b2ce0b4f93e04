/**
 * A JSON Schema, plus annotations of ours. The schema is the only description of a field: validation, types, editor
 * completion, comparison and the order of work all come from it.
 */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[] | undefined;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly additionalProperties?: boolean | FieldSchema;
  readonly default?: unknown;
  /** Some of the values that it takes, where these cannot be listed. */
  readonly examples?: readonly unknown[];
  readonly maximum?: number;
  /** Characters of a text at the least and at the most; a secret's are counted when it is read. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The API accepts it and never shows it again: a string is authored as text, `{ file: }`, `{ env: }` or `{ keep: true }`. */
  readonly writeOnly?: boolean;
  /** Write-only, and never to stand in YAML as plain text. */
  readonly secret?: boolean;
  /** The API fixes it at creation; drift is reported, not acted on. */
  readonly immutable?: boolean;
  /** Said once, when it is created; never compared and never missed afterwards. */
  readonly createOnly?: boolean;
  /**
   * The API takes it in updates only, so a create is followed by one: at once, or with `settled` in an action of its own, when the
   * create has come to its end.
   */
  readonly updateOnly?: boolean | 'settled';
  /** The API gives it at creation: a resource that declares one is looked for, and never created. */
  readonly given?: boolean;
  /** The API takes it only while the machine is off. */
  readonly requiresOff?: boolean;
  /** Spellings that differ only in case are the same. */
  readonly caseInsensitive?: boolean;
  /** Lookups, and the fact of their items that lists values of this field in the API's own spelling. */
  readonly spelledBy?: Readonly<Record<string, string>>;
  /** A number that can only be raised. */
  readonly growOnly?: boolean;
  /** The kind that this field names: a declared kind, `osTemplates` or `users`. */
  readonly references?: string;
  /** The resources that a reference may name beside `references`, by the key of the object form: `{ custom: NAME }`. */
  readonly referencesBy?: Readonly<Record<string, string>>;
  /** The API refuses to delete what it names while the resource is there, or would delete the resource too (FACTS 2, 9). */
  readonly keepsTarget?: boolean;
  /** What it names is in the same region as the resource that names it. */
  readonly sameRegion?: boolean;
  /** On a set of references: what is named stands in one such set at most, so it is freed before it is assigned anew. */
  readonly exclusive?: boolean;
  /** What a declared resource must have in its fields to be named here, where it sets them: `{ publicIpType: 'static' }`. */
  readonly targetIs?: Readonly<Record<string, unknown>>;
  /**
   * The API changes it member by member. `set`: what is declared is all there is; `one`: a set of one or none; `map`: by name, each
   * with a value of its own, and what is not declared is left alone.
   */
  readonly relation?: 'set' | 'one' | 'map';
  /** An object that is one field, and of which only what is declared counts: the rest is left as it is. */
  readonly partial?: boolean;
  /** Inside a partial object: what is live may be a secret that someone put there, so no report shows it. */
  readonly sensitive?: boolean;
  /** Values of other fields of the resource that work against this one where it is true: `{ state: 'running' }`. Valid, and warned of. */
  readonly worksAgainst?: Readonly<Record<string, unknown>>;
  /** Alternatives, exactly one of which a value fits. */
  readonly oneOf?: readonly FieldSchema[];
  /** The property whose value tells which of the alternatives `oneOf` counts. */
  readonly discriminator?: { readonly propertyName: string };
  /** The longest duration that it takes, such as `1h`. */
  readonly longest?: string;
  /** `running`, `off` or a `Timetable`. */
  readonly timetable?: boolean;
}

/** The annotations that are ours and not JSON Schema's: a validator must be told of them. */
export const annotations = [
  'secret',
  'immutable',
  'createOnly',
  'updateOnly',
  'given',
  'requiresOff',
  'caseInsensitive',
  'spelledBy',
  'growOnly',
  'references',
  'referencesBy',
  'keepsTarget',
  'sameRegion',
  'exclusive',
  'relation',
  'partial',
  'sensitive',
  'targetIs',
  'timetable',
  'longest',
  'worksAgainst',
  'discriminator',
] as const satisfies readonly (keyof FieldSchema)[];

/** The schema of a kind's spec. */
export interface SpecSchema extends FieldSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
}
