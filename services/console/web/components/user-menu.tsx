import type { SessionView } from '@streamkeeper/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { DropdownMenu } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { api } from '../api/create-api.js'
import { keysOf } from '../api/queries.js'
import { initials } from '../format/initials.js'
import { Icon } from './icon.js'

/** Who is signed in, and the way out. */
export function UserMenu({ session }: { session: SessionView }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => {
      client.setQueryData(keysOf.session, null)
      // Nothing that the last person saw is left for the next one.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keysOf.session[0] })
    },
  })
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="me" data-testid="user-menu">
        <span className="ava me-ava" aria-hidden="true">
          {initials(session.username)}
        </span>
        <span>
          <b>{session.username}</b>
          <small>{t(`role.${session.role}`)}</small>
        </span>
        <Icon name="down" size={12} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <DropdownMenu.Item className="menu-item" data-testid="sign-out" onSelect={() => signOut.mutate()}>
            {t('top.signOut')}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
