import { type ComponentType, lazy } from 'react';

type Parts = typeof import('./loaded-later.ts');

/** A component that the browser loads when it is shown first. Its place needs a `Suspense`. */
export const later = <Props extends object>(pick: (parts: Parts) => ComponentType<Props>) =>
  lazy(async () => ({ default: pick(await import('./loaded-later.ts')) }));
