import { useTranslation } from 'react-i18next'
import type { KeyGroup } from '../keys/key-intent.js'
import { Modal } from './modal.js'

/** The key map of the screen that lies below. */
export function HelpDialog({ groups, close }: { groups: readonly KeyGroup[]; close: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal title={t('help.title')} className="help" testId="help-dialog" close={close}>
      <div className="help-grid">
        {groups.map((group) => (
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
