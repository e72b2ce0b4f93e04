/**
 * The path of something in a collection. Each segment is encoded, so that an id stays one segment whatever it holds: ids come from
 * answers and from YAML. (`.` and `..` cannot be encoded; the client refuses them.)
 */
export const pathTo = (collection: string, ...segments: readonly string[]): string =>
  [collection, ...segments.map((one) => encodeURIComponent(one.toWellFormed()))].join('/');
