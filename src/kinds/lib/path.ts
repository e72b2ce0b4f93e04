/**
 * Returns the path of an item in a collection. Each segment is encoded, so that an id remains one segment whatever it
 * contains: ids come from answers and from YAML. (`.` and `..` cannot be encoded; the client refuses them.)
 *
 *     pathTo('/machines', 'm1', 'start') // '/machines/m1/start'
 */
export const pathTo = (collection: string, ...segments: readonly string[]): string =>
  [collection, ...segments.map((segment) => encodeURIComponent(segment.toWellFormed()))].join('/');
