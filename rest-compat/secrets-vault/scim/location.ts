/** The address of a resource. @param base Address of the service provider, without a slash at the end. */
export const locationOf = (base: string, kind: 'User' | 'Group', id: string): string =>
  `${base}/${kind}s/${encodeURIComponent(id)}`;
