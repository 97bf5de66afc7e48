import { type ReactNode, useEffect, useState } from 'react';
import { ActionButton } from '../parts/buttons.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly tenantName: string;
  readonly onSaved: () => void;
}

/** The codes are shown once: no later answer has them. */
export function RecoveryCodesStep({ codes, tenantName, onSaved }: RecoveryCodesProps): ReactNode {
  const [notice, setNotice] = useState<string | null>(null);
  const text = `${t('recoveryCodes.fileTitle', { tenant: tenantName })}\n\n${codes.join('\n')}\n`;
  useWarning();

  async function copy(): Promise<void> {
    const isCopied = await navigator.clipboard.writeText(codes.join('\n')).then(
      () => true,
      () => false,
    );
    setNotice(t(isCopied ? 'recoveryCodes.copied' : 'recoveryCodes.copyFailed'));
  }

  return (
    <>
      <p className="intro">{t('recoveryCodes.intro')}</p>
      <ul className="codes" aria-label={t('recoveryCodes.list')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        {/* Browsers offer the clipboard to secure contexts alone. */}
        {navigator.clipboard !== undefined && (
          <ActionButton onPress={() => void copy()}>{t('recoveryCodes.copy')}</ActionButton>
        )}
        <ActionButton onPress={() => saveFile(t('recoveryCodes.fileName'), text)}>
          {t('recoveryCodes.download')}
        </ActionButton>
      </div>
      <Form submit={t('recoveryCodes.submit')} refusal={null} notice={notice} isBusy={false} onSubmit={onSaved} />
    </>
  );
}

/** The browser asks before it leaves the page or loads it again, because the codes would be lost. */
function useWarning(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);
}

function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
