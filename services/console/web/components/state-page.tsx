import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.js'

interface Props {
  icon: IconName
  title: string
  text: string
  tone?: 'err' | 'calm'
  children?: ReactNode
}

/** One state that takes the place of the case: nothing waits, an error, an engine away. */
export function StatePage({ icon, title, text, tone, children }: Props) {
  return (
    <div className="stage-area">
      <div className={`state ${tone ?? ''}`}>
        <span className="st-i">
          <Icon name={icon} size={32} />
        </span>
        <h1>{title}</h1>
        <p>{text}</p>
        {children}
      </div>
    </div>
  )
}
