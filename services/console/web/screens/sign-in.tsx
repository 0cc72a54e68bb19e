import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { TFunction } from 'i18next'
import { ApiError } from '../api/api-error.js'
import { api } from '../api/create-api.js'
import { keysOf } from '../api/queries.js'
import { BrandMark } from '../components/brand.js'
import { LanguageSwitch } from '../components/language-switch.js'

function reasonOf(t: TFunction, error: Error): string {
  if (!(error instanceof ApiError)) return t('toast.failed', { code: error.name })
  if (error.status === 429) return t('signIn.wait', { seconds: error.retryAfter ?? 60 })
  if (error.status === 401 || error.status === 400) return t('signIn.wrong')
  return t('toast.failed', { code: error.code })
}

/** What is typed, and the way to send it. */
function useSignIn() {
  const client = useQueryClient()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const { mutate, error, isPending } = useMutation({
    mutationFn: api.signIn,
    onSuccess: (session) => client.setQueryData(keysOf.session, session),
    onError: () => setPassword(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    mutate({ username: username.trim(), password })
  }
  return { username, setUsername, password, setPassword, submit, error, isPending }
}

/** The way in: a local account and its password. */
export function SignIn() {
  const { t } = useTranslation()
  const form = useSignIn()
  return (
    <main className="sign-in">
      <form className="modal" aria-labelledby="sign-in-title" data-testid="sign-in" onSubmit={form.submit}>
        <div className="sign-in-head">
          <BrandMark size={32} />
          <LanguageSwitch />
        </div>
        <h1 id="sign-in-title">{t('app.name')}</h1>
        <p className="soft">{t('signIn.lead')}</p>
        <label className="f">
          <span>{t('signIn.username')}</span>
          <input
            value={form.username}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            data-testid="sign-in-username"
            onChange={(event) => form.setUsername(event.target.value)}
          />
        </label>
        <label className="f">
          <span>{t('signIn.password')}</span>
          <input
            type="password"
            value={form.password}
            autoComplete="current-password"
            required
            data-testid="sign-in-password"
            onChange={(event) => form.setPassword(event.target.value)}
          />
        </label>
        {form.error && (
          <p className="crit" role="alert" data-testid="sign-in-error">
            {reasonOf(t, form.error)}
          </p>
        )}
        <button type="submit" className="btn primary" data-testid="sign-in-submit" disabled={form.isPending}>
          {t(form.isPending ? 'signIn.busy' : 'signIn.submit')}
        </button>
      </form>
    </main>
  )
}
