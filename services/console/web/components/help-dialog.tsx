import { useTranslation } from 'react-i18next'
import { keyGroups } from '../keys/key-intent.js'
import { Modal } from './modal.js'

/** The key map. */
export function HelpDialog({ close }: { close: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal title={t('help.title')} className="help" testId="help-dialog" close={close}>
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
    </Modal>
  )
}
