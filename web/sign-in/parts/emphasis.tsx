import type { ReactNode } from 'react';

/** Stands for a name while a text is made. No text contains this character. */
export const NAME = '\uFFFC';

/** A text with a name in it, which is emphasised and whose direction of writing does not affect the text around it. */
export function Emphasis({ text, name }: { readonly text: string; readonly name: string }): ReactNode {
  const [before, after] = text.split(NAME);
  return (
    <>
      {before}
      <strong>
        <bdi>{name}</bdi>
      </strong>
      {after}
    </>
  );
}
