import { vi } from 'vitest';

/**
 * Stops `performance.now()`, by which the caches of the services age, for the rest of the file. Otherwise, tests that count
 * statements would count one more on a loaded machine, where a tenant that was read seconds ago is read again.
 */
export function stopCacheAges(): void {
  const now = performance.now();
  // Fake timers would replace `performance` by another object than the one that the caches use.
  vi.spyOn(performance, 'now').mockReturnValue(now);
}
