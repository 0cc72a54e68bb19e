import { useEffect, useState } from 'react'
import { ApiError } from '../api/api-error.js'
import { api } from '../api/create-api.js'

export interface Still {
  url: string | null
  /** Why it cannot be shown. */
  code: string | null
}

const none: Still = { url: null, code: null }

/** Fetches a still while `address` is set and forgets it at once when it is not: every look is one logged access. */
export function useStill(address: string | null): Still {
  const [still, setStill] = useState<Still>(none)
  useEffect(() => {
    if (address === null) return undefined
    const stop = new AbortController()
    let url: string | null = null
    void api.still(address, stop.signal).then(
      (picture) => {
        if (stop.signal.aborted) return
        url = URL.createObjectURL(picture)
        setStill({ url, code: null })
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setStill({ url: null, code: error instanceof ApiError ? error.code : 'NETWORK' })
      },
    )
    return () => {
      stop.abort()
      if (url !== null) URL.revokeObjectURL(url)
      setStill(none)
    }
  }, [address])
  return still
}
