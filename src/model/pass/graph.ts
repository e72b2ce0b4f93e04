import type { Address } from '../resource.ts';

/** The declared resources and everything that they reference. */
export interface Graph {
  readonly nodes: readonly { readonly address: Address; readonly declared: boolean }[];
  /** References. `path` is the field of `from` that names `to`. */
  readonly edges: readonly {
    readonly from: Address;
    readonly to: Address;
    readonly path: string;
  }[];
}
