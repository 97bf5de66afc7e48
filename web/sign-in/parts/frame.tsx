import { type ReactNode, useEffect, useRef } from 'react';
import { toWebAddress } from '../addresses.ts';
import type { Application, Tenant } from '../state.ts';
import { t } from '../texts/texts.ts';

interface FrameProps {
  readonly tenant: Tenant | null;
  readonly title: string;
  readonly application?: Application | null;
  /** Whether there is something to read before the first field. */
  readonly isReadFirst?: boolean;
  readonly children: ReactNode;
}

/** The first page leaves the focus to the browser, unless it has a field; each later one takes it, so that it is read out. */
let isFirst = true;

function focusPage(main: HTMLElement, isReadFirst: boolean): void {
  const fields = isReadFirst ? [] : [...main.querySelectorAll<HTMLInputElement>('.field input:not([readonly])')];
  const field = fields.find(({ value }) => value === '') ?? fields[0];
  if (field !== undefined) field.focus();
  else if (!isFirst) main.querySelector<HTMLElement>('.title')?.focus();
  isFirst = false;
}

/** What all pages share: the tenant, the title, and the links of the application. */
export function Frame({ tenant, title, application = null, isReadFirst = false, children }: FrameProps): ReactNode {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = tenant === null ? title : t('page.title', { step: title, tenant: tenant.displayName });
  }, [tenant, title]);
  useEffect(() => {
    if (main.current !== null) focusPage(main.current, isReadFirst);
  }, [isReadFirst]);
  const Title = tenant === null ? 'h1' : 'h2';
  return (
    <>
      <main ref={main} className="card">
        {tenant !== null && (
          <h1 className="tenant">
            <bdi>{tenant.displayName}</bdi>
          </h1>
        )}
        <Title className="title" id="title" tabIndex={-1}>
          {title}
        </Title>
        {children}
      </main>
      {application !== null && <Links application={application} />}
    </>
  );
}

function Links({ application }: { readonly application: Application }): ReactNode {
  const links = [
    { text: t('page.privacy'), address: toWebAddress(application.policyUri) },
    { text: t('page.terms'), address: toWebAddress(application.tosUri) },
  ].filter(({ address }) => address !== null);
  if (links.length === 0) return null;
  return (
    <footer className="links">
      {links.map(({ text, address }) => (
        <a key={text} href={address!} target="_blank" rel="noopener noreferrer">
          {text}
        </a>
      ))}
    </footer>
  );
}
