import type { StatusView } from '@streamkeeper/contracts'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { serverNow } from '../state/server-clock.js'
import { readPageEvent } from './page-event.js'
import { keysOf } from './queries.js'

const reopenAfter = 3_000

function takeEvent(client: QueryClient, line: string): void {
  const event = readPageEvent(line)
  if (event?.type === 'case') {
    void client.invalidateQueries({ queryKey: keysOf.lists })
    void client.invalidateQueries({ queryKey: keysOf.case(event.caseId) })
  }
  if (event?.type === 'alarms') void client.invalidateQueries({ queryKey: keysOf.alarms })
  if (event?.type === 'held') {
    client.setQueryData(keysOf.heldWaiting, event.waiting)
    void client.invalidateQueries({ queryKey: keysOf.heldLists })
  }
  if (event?.type === 'ready') {
    const { ok, away } = event
    // What the event does not tell stays as it was; before the first answer there is nothing to change.
    client.setQueryData<StatusView>(
      keysOf.status,
      (known) => known && { ...known, ok, away, at: new Date(serverNow()).toISOString() },
    )
  }
}

/** Follows the server's events and asks again for what they name. False while the connection is down. */
export function useLiveEvents(): boolean {
  const client = useQueryClient()
  const [connected, setConnected] = useState(true)
  useEffect(() => {
    let source: EventSource
    let timer = 0
    let missed = false
    const open = () => {
      source = new EventSource('/api/v1/events')
      source.addEventListener('open', () => {
        setConnected(true)
        if (missed) void client.invalidateQueries()
        missed = false
      })
      source.addEventListener('message', (message: MessageEvent<string>) => takeEvent(client, message.data))
      source.addEventListener('error', () => {
        missed = true
        setConnected(false)
        // The browser tries again by itself, but not after an answer that was no event stream.
        if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(open, reopenAfter)
      })
    }
    open()
    return () => {
      window.clearTimeout(timer)
      source.close()
    }
  }, [client])
  return connected
}
