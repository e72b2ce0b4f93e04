import type { Address } from '../resource.ts';

/** Resources and what they refer to: what is declared, and what that names. */
export interface Graph {
  readonly nodes: readonly { readonly address: Address; readonly declared: boolean }[];
  /** `path` is the field of `from` that names `to`. */
  readonly edges: readonly {
    readonly from: Address;
    readonly to: Address;
    readonly path: string;
  }[];
}
