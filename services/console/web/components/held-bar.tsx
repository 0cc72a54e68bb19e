import type { HeldDecision } from '@streamkeeper/contracts'
import { Toolbar } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { Icon } from './icon.js'

interface Props {
  /** How many are selected, and how many there are to select. */
  selected: number
  count: number
  all: () => void
  decide: (decision: HeldDecision) => void
}

/** The verdict on what is selected; with nothing selected, on the message at hand. */
export function HeldBar({ selected, count, all, decide }: Props) {
  const { t } = useTranslation()
  return (
    <div className="held-bar">
      <p role="status" data-testid="held-selected" data-count={selected}>
        {count > 0 && (selected > 0 ? t('held.selected', { count: selected }) : t('held.noneSelected'))}
      </p>
      <Toolbar.Root className="held-keys" aria-label={t('held.verdict')}>
        <Toolbar.Button className="btn ghost" aria-keyshortcuts="a" disabled={count === 0} onClick={all}>
          {selected === count && count > 0 ? t('held.none') : t('held.all', { count })} <kbd>A</kbd>
        </Toolbar.Button>
        <Toolbar.Button
          className="btn"
          aria-keyshortcuts="r"
          disabled={count === 0}
          data-testid="held-release"
          onClick={() => decide('release')}
        >
          <Icon name="check" /> {t('held.release')} <kbd>R</kbd>
        </Toolbar.Button>
        <Toolbar.Button
          className="btn danger"
          aria-keyshortcuts="b"
          disabled={count === 0}
          data-testid="held-block"
          onClick={() => decide('block')}
        >
          <Icon name="cut" /> {t('held.block')} <kbd>B</kbd>
        </Toolbar.Button>
      </Toolbar.Root>
    </div>
  )
}
