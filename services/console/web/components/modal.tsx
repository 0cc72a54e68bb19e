import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './icon.js'

interface Props {
  title: string
  /** Its look. */
  className: string
  testId: string
  close: () => void
  children: ReactNode
}

/** A dialog over the whole screen, with a title and a way out. */
export function Modal({ title, className, testId, close, children }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <div className="scrim" aria-hidden="true" />
        <Dialog.Content className={`modal ${className}`} data-testid={testId} aria-describedby={undefined}>
          <header>
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="ib" aria-label={t('help.close')}>
              <Icon name="x" />
            </Dialog.Close>
          </header>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
