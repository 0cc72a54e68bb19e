import { Toolbar } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { verdicts, type VerdictChoice } from '../keys/verdicts.js'
import type { Closed } from '../state/verdict-closed.js'

interface Props {
  closed: Closed | null
  open: VerdictChoice | null
  decide: (choice: VerdictChoice) => void
  children?: ReactNode
}

/** The verdicts, always in the same order; closed with a reason when they cannot be given. */
export function VerdictBar({ closed, open, decide, children }: Props) {
  const { t } = useTranslation()
  return (
    <div className="verdict">
      {children}
      <Toolbar.Root className="verdict-keys" aria-label={t('verdict.label')} data-testid="verdict-bar">
        {verdicts.map((choice) => (
          <Toolbar.Button
            key={choice.key}
            className={`vb ${choice.heavy ? 'heavy' : ''} ${open?.key === choice.key ? 'on' : ''}`}
            disabled={closed !== null}
            aria-describedby={closed ? 'verdict-closed' : undefined}
            aria-keyshortcuts={choice.key}
            data-testid={`verdict-${choice.key}`}
            onClick={() => decide(choice)}
          >
            <kbd>{choice.key}</kbd>
            <span>
              <b>{t(`action.${choice.action}`)}</b>
              {choice.heavy && <small>{t('verdict.confirmNote')}</small>}
            </span>
          </Toolbar.Button>
        ))}
      </Toolbar.Root>
      {closed && (
        <p
          id="verdict-closed"
          className={`verdict-closed ${closed.why === 'lost' ? 'high' : ''}`}
          role="status"
          data-testid="verdict-closed"
          data-why={closed.why}
        >
          {t(`verdict.closed.${closed.why}`, { name: closed.name ?? '' })}
        </p>
      )}
    </div>
  )
}
