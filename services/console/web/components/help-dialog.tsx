import { Dialog } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { keyGroups } from '../keys/key-intent.js'
import { Icon } from './icon.js'

/** The key map. */
export function HelpDialog({ close }: { close: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <div className="scrim" aria-hidden="true" />
        <Dialog.Content className="modal help" data-testid="help-dialog" aria-describedby={undefined}>
          <header>
            <Dialog.Title>{t('help.title')}</Dialog.Title>
            <Dialog.Close className="ib" aria-label={t('help.close')}>
              <Icon name="x" />
            </Dialog.Close>
          </header>
          <div className="help-grid">
            {keyGroups.map((group) => (
              <div key={group.name}>
                <h3>{t(`help.group.${group.name}`)}</h3>
                <dl>
                  {group.rows.map(({ keys, means }) => (
                    <div key={means}>
                      <dt>
                        {keys.map((key) => (
                          <kbd key={key}>{key}</kbd>
                        ))}
                      </dt>
                      <dd>{t(`help.means.${means}`)}</dd>
                    </div>
                  ))}
                </dl>
              </div>
            ))}
          </div>
          <footer>{t('help.note')}</footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
