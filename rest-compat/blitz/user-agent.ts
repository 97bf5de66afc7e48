/** A browser or operating system, as parsed from `User-Agent`. */
export interface NamedVersion {
  readonly name: string | null;
  readonly version: string | null;
}

/** Formats `Chrome 126.0.1`; null if the name is unknown. */
export function withVersion({ name, version }: NamedVersion): string | null {
  return name === null || version === null ? name : `${name} ${version}`;
}

/** Formats `Chrome 126`, the name with the first number of the version. */
export function withMajor({ name, version }: NamedVersion): string | null {
  return withVersion({ name, version: version?.split('.', 1)[0] ?? null });
}
