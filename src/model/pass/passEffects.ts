/** What a pass leaves behind for whoever watches the team between passes. */
export interface PassEffects {
  /** The kinds whose lists it read: those in use. */
  readonly kinds: ReadonlySet<string>;
  /** The live ids of the resources that it wrote to, and of those that they name. */
  readonly written: ReadonlySet<string>;
}
