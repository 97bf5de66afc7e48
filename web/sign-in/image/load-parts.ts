import { type Answer, refuse } from '../graph.ts';

export type ImageParts = typeof import('./image-parts.ts');

/** Loads what works with images. */
export const loadImageParts = (): Promise<Answer<ImageParts>> =>
  import('./image-parts.ts').then(
    (data) => ({ data }),
    () => refuse('UNREACHABLE'),
  );
