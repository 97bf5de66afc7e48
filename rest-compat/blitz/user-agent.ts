/** A program or system, as far as its `User-Agent` tells. */
export interface NamedVersion {
  readonly name: string | null;
  readonly version: string | null;
}

/** `Chrome 126.0.1`; null for what does not tell its name. */
export function withVersion({ name, version }: NamedVersion): string | null {
  return name === null || version === null ? name : `${name} ${version}`;
}

/** `Chrome 126`: the name with the first number of the version. */
export function withMajor({ name, version }: NamedVersion): string | null {
  return withVersion({ name, version: version?.split('.', 1)[0] ?? null });
}
