import type { StatusView } from '@streamkeeper/contracts'
import { QueryCache, QueryClient, useQuery } from '@tanstack/react-query'
import { noteServerTime } from '../state/server-clock.js'
import { ApiError } from './api-error.js'
import { api, type HeldQuestion, type ListState } from './create-api.js'

export const keysOf = {
  session: ['session'] as const,
  status: ['status'] as const,
  alarms: ['alarms'] as const,
  heldLists: ['held'] as const,
  held: ({ stream, order, after }: HeldQuestion) => ['held', stream ?? '', order, after ?? ''] as const,
  heldWaiting: ['held-waiting'] as const,
  lists: ['cases'] as const,
  list: (state: ListState) => ['cases', state] as const,
  case: (caseId: string) => ['case', caseId] as const,
}

/** Events say what changed; asking again every 15 s covers an event that was lost. */
const again = 15_000

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => endSession(client, error) }),
    defaultOptions: {
      queries: {
        retry: (times, error) => times < 2 && error instanceof ApiError && error.retriable,
        // The engines are asked by the server: the browser's own opinion of the network does not matter.
        networkMode: 'always',
        staleTime: 5_000,
      },
      mutations: { retry: false, networkMode: 'always', onError: (error) => endSession(client, error) },
    },
  })
  return client
}

/** A 401 from anywhere means that the session has ended: the page goes back to the sign-in. */
function endSession(client: QueryClient, error: Error): void {
  if (error instanceof ApiError && error.status === 401) client.setQueryData(keysOf.session, null)
}

/** The session; null when nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: keysOf.session,
    queryFn: async () =>
      api.session().catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 401) return null
        throw error
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function useCases(state: ListState) {
  return useQuery({
    queryKey: keysOf.list(state),
    queryFn: async () => {
      const list = await api.cases(state)
      noteServerTime(list.at)
      return list
    },
    refetchInterval: again,
  })
}

export function useCase(caseId: string | null) {
  return useQuery({
    queryKey: keysOf.case(caseId ?? ''),
    queryFn: async () => api.case(caseId ?? ''),
    enabled: caseId !== null,
    refetchInterval: again,
  })
}

export function useHeldList(question: HeldQuestion) {
  return useQuery({
    queryKey: keysOf.held(question),
    queryFn: async () => {
      const list = await api.held(question)
      noteServerTime(list.at)
      return list
    },
    refetchInterval: again,
    // Another order or stream: what was shown stands until its list is there.
    placeholderData: (shown) => shown,
  })
}

/** How many held messages wait; for those who may decide on them: others get a 403. */
export function useHeldWaiting() {
  return useQuery({
    queryKey: keysOf.heldWaiting,
    queryFn: async () => (await api.held({ order: 'oldest', limit: 1 })).waiting,
    refetchInterval: again,
  })
}

/** For those who are told of alarms: others get a 403. */
export function useAlarms() {
  return useQuery({ queryKey: keysOf.alarms, queryFn: async () => api.alarms(), refetchInterval: again })
}

export function useStatus() {
  return useQuery({
    queryKey: keysOf.status,
    queryFn: async (): Promise<StatusView> => {
      const status = await api.status()
      noteServerTime(status.at)
      return status
    },
    refetchInterval: again,
  })
}
